"""Fixtures: the escalation schema with the demo company's people, and a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI

from common.database import Database
from common.event import Event
from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.testing.client import app_for, settings_for
from common.testing.protocol import hear, stand_at
from common.testing.tokens import STAFF
from escalation.app import SERVICE
from escalation.handlers import HANDLERS
from escalation.notifier import Notifier
from escalation.post import SmtpPost
from escalation.settings import EscalationSettings
from escalation.testing import ACME, NIGHT, PROD, Mailbox


@pytest.fixture
def schema() -> str:
    return "escalation"


@pytest.fixture
async def database(database: Database) -> Database:
    """Three at night, with everybody and Acme's production known."""
    await stand_at(database, NIGHT)
    people: list[Event] = [
        PersonKnown(
            at=NIGHT,
            person_id=UUID(int=n),
            sub=sub,
            name=sub.title(),
            email=f"{sub}@meridian.example",
            timezone="Europe/Amsterdam",
            roles=list(roles),
        )
        for n, (sub, roles) in enumerate(STAFF.items(), 1)
    ]
    places: list[Event] = [
        CustomerKnown(
            at=NIGHT,
            customer_id=ACME,
            customer="acme",
            name="Acme Logistics",
            timezone="Europe/Amsterdam",
            language="en",
        ),
        EnvironmentKnown(
            at=NIGHT,
            environment_id=PROD,
            environment="acme-prod",
            customer_id=ACME,
            customer="acme",
            tier="production",
            name="Production",
        ),
    ]
    await hear(database, HANDLERS, *((event, 1) for event in people + places))
    return database


@pytest.fixture
def app(database: Database) -> FastAPI:
    return app_for(SERVICE, database)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real SMTP server on a port of its own."""
    from aiosmtpd.smtp import SMTP

    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()
    await server.wait_closed()


@pytest.fixture
def settings(database: Database, mailbox: Mailbox) -> EscalationSettings:
    return settings_for(
        EscalationSettings,
        database.url,
        smtp=f"127.0.0.1:{mailbox.port}",
        mail_from="opsdesk@meridian.example",
        last_resort="duty@meridian.example",
        public_url="https://opsdesk.example",
    )


@pytest.fixture
def notifier(database: Database, settings: EscalationSettings) -> Notifier:
    return Notifier(database, SmtpPost(settings), settings)

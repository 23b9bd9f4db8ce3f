"""Fixtures: the escalation schema with the demo company's people, and a real SMTP server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from escalation.app import SERVICE
from escalation.cases.notification_outcomes import ESCALATION_ACCESS
from escalation.directory.tables import environments, people
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import NIGHT, PROD
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.mailboxes import Mailbox, open_mailbox
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.tokens import STAFF


@pytest.fixture
def schema() -> str:
    return "escalation"


@pytest.fixture
async def database(database: Database) -> Database:
    """Three at night, with everybody and Acme's production known."""
    await freeze_time(database, NIGHT)
    rows = [
        {"sub": sub, "email": f"{sub}@meridian.example", "roles": list(roles)}
        for sub, roles in STAFF.items()
    ]
    same = {"name": "", "timezone": "Europe/Amsterdam", "retired": False}
    environment = {
        "key": "acme-prod",
        "customer": "acme",
        "tier": "production",
        "name": "Production",
    }
    async with database.transaction() as tx:
        await tx.execute(insert(people), [row | same for row in rows])
        await tx.execute(insert(environments).values(id=PROD, retired=False, **environment))
    return database


@pytest.fixture
def app(database: Database) -> FastAPI:
    return app_for(SERVICE, database)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real SMTP server on a port of its own."""
    async with open_mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def settings(database: Database, mailbox: Mailbox) -> EscalationSettings:
    return settings_for(
        EscalationSettings,
        database.url,
        smtp_server=f"127.0.0.1:{mailbox.port}",
        mail_from="opsdesk@meridian.example",
        fallback_email="duty@meridian.example",
        public_url="https://opsdesk.example",
    )


@pytest.fixture
def notifier(database: Database, settings: EscalationSettings) -> Notifier:
    return Notifier(database, SmtpTransport(settings), settings, ESCALATION_ACCESS)


@pytest.fixture
async def theo(app: FastAPI) -> Any:
    async with client(app, "theo") as http:
        yield http


@pytest.fixture
async def anna(app: FastAPI) -> Any:
    async with client(app, "anna") as http:
        yield http


@pytest.fixture
async def omar(app: FastAPI) -> Any:
    async with client(app, "omar") as http:
        yield http

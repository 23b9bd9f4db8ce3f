"""Intake on a real database that commits, with the demo company's reference data."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import Engine, event

from common.http import runtime_of
from common.persistence.database import Database
from intake.app import SERVICE
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.services import announce_service
from opsdesk_testing.client import app_for, client
from opsdesk_testing.databases import Template, Templates
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)

CUSTOMERS = ("acme", "brightwater")
ENVIRONMENTS = (
    ("acme", "acme-prod", "production"),
    ("acme", "acme-staging", "staging"),
    ("brightwater", "brightwater-prod", "production"),
)
CONTACTS = (("acme", "Jan", "jan@acme.example"), ("brightwater", "Eve", "eve@brightwater.example"))
SERVICES = ("billing", "portal")
STAFF = (("anna", "ops"), ("omar", "ops"), ("sven", "second_level"))


@pytest.fixture
def schema() -> str:
    return "intake"


@pytest.fixture
async def template(templates: Templates, schema: str, request: pytest.FixtureRequest) -> Template:
    """With the demo company for whoever works in it, else empty."""
    if "anna" in request.fixturenames:
        return await templates.filled(schema, demo_company)
    return await templates.of(schema)


@pytest.fixture
async def app(database: Database) -> AsyncIterator[FastAPI]:
    await freeze_time(database, NINE)
    app = app_for(SERVICE, database)
    yield app
    await runtime_of(app).resource(TicketBatcher).close()


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements that are sent to the database, as they come."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """OPS, who finds the demo company registered, and its services in the catalogue."""
    async with client(app, "anna") as anna:
        yield anna


async def demo_company(database: Database) -> None:
    """Register customers, environments, contacts, staff and a partner, as anna does."""
    await freeze_time(database, NINE)
    for number, key in enumerate(SERVICES):
        await announce_service(database, key, sold_to=("acme",), id=UUID(int=0x5E0 + number))
    app = app_for(SERVICE, database)
    async with client(app, "anna") as anna:
        for path, body in registrations():
            await made(anna, path, body)
    await runtime_of(app).resource(TicketBatcher).close()


def registrations() -> Iterator[tuple[str, dict[str, Any]]]:
    """What anna posts, in its order."""
    for key in CUSTOMERS:
        yield "/v1/customers", {"key": key, "name": key.title()}
    for customer, key, tier in ENVIRONMENTS:
        yield f"/v1/customers/{customer}/environments", {"key": key, "tier": tier, "name": key}
    for customer, name, address in CONTACTS:
        yield f"/v1/customers/{customer}/contacts", {"name": name, "address": address}
    for sub, role in STAFF:
        address = f"{sub}@ours.example"
        yield "/v1/people", {"sub": sub, "name": sub, "email": address, "roles": [role]}
    yield "/v1/partners", {"key": "hosthaven", "name": "Hosthaven"}


@pytest.fixture
async def portal(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """The portal, which acts for Jan, a contact of Acme."""
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        yield portal


@pytest.fixture
async def omar(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """The second pair of eyes."""
    async with client(app, "omar") as omar:
        yield omar


@pytest.fixture
async def jan(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """A contact of Acme."""
    async with client(app, "jan") as jan:
        yield jan


@pytest.fixture
async def britta(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """A contact of Brightwater."""
    async with client(app, "britta") as britta:
        yield britta


@pytest.fixture
async def gateway(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "gateway") as gateway:
        yield gateway


@pytest.fixture
async def monitor(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "monitor") as monitor:
        yield monitor


async def made(who: AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: Response = await who.post(path, json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown

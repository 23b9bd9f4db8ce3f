"""Fixtures: the console on a database, between four services and an issuer that do as a test says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from common.http import runtime_of
from common.persistence.database import Database
from console.app import SERVICE
from console.settings import ConsoleSettings
from console.upstream.client import Upstream
from console.visits.visitor import IssuerClients
from console_support.browser import ORIGIN, Browser
from console_support.issuer import FakeIssuer
from console_support.people import SignIn, start_session
from console_support.services import FakeServices
from opsdesk_testing.client import app_for, settings_for
from opsdesk_testing.protocol import freeze_time

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture
def schema() -> str:
    return "console"


@pytest.fixture
async def database(database: Database) -> Database:
    """On a Monday morning."""
    await freeze_time(database, MORNING)
    return database


@pytest.fixture
def settings(database: Database) -> ConsoleSettings:
    return settings_for(
        ConsoleSettings,
        database.url,
        console_url=ORIGIN,
        intake_url="http://intake",
        sla_url="http://sla",
        escalation_url="http://escalation",
        delivery_gate_url="http://delivery-gate",
        authorization_endpoint="http://issuer/authorize",
        token_endpoint="http://issuer/token",
        end_session_endpoint="http://issuer/end",
        session_keys=KEY,
    )


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def app(
    database: Database, settings: ConsoleSettings, services: FakeServices, issuer: FakeIssuer
) -> FastAPI:
    app = app_for(SERVICE, database, settings=settings)
    runtime_of(app).resource(Upstream).open(settings, services)
    runtime_of(app).resource(IssuerClients).open(settings, issuer)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
async def browser(client: AsyncClient) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(client)


@pytest.fixture
def sign_in(app: FastAPI, database: Database, client: AsyncClient) -> SignIn:
    """Sign somebody in, in the one browser."""

    async def signed_in(sub: str) -> Browser:
        client.cookies.set("opsdesk", await start_session(app, database, sub))
        return Browser(client)

    return signed_in

"""What the tests of sla share: its database, its app, and some people who call it."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import app_for, client
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.tokens import STAFF
from sla.app import SERVICE
from sla_support.company import NINE, add_services, announce_people


@pytest.fixture
def schema() -> str:
    return "sla"


@pytest.fixture
def known_services() -> tuple[str, ...]:
    """The services that requests may name; the tests of the catalogue begin with none."""
    return ("billing", "hosting", "portal")


@pytest.fixture
async def app(database: Database, known_services: tuple[str, ...]) -> FastAPI:
    await freeze_time(database, NINE)
    await announce_people(database, *STAFF)
    await add_services(database, *known_services)
    return app_for(SERVICE, database)


@pytest.fixture
async def theo(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo") as caller:
        yield caller


@pytest.fixture
async def gina(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "gina") as caller:
        yield caller


@pytest.fixture
async def dana(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "dana") as caller:
        yield caller


@pytest.fixture
async def jan(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A contact of Acme."""
    async with client(app, "jan") as caller:
        yield caller

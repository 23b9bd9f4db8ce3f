"""pytest plugin: real PostgreSQL and Kafka, a database of its own for every test that asks.

Protocol tests commit for real: `database` is a clone of a migrated template.
"""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec

import pytest
from hypothesis import settings

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.telemetry.logs import configure_logs
from opsdesk_testing.databases import Template, Templates
from opsdesk_testing.psql import Psql, create_psql

_numbers = itertools.count(1)


# A busy machine is slow, not wrong. In CI the same examples every time; at a desk new ones.
settings.register_profile("opsdesk", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("opsdesk")


def pytest_configure() -> None:
    # structlog's own default draws every variable of a traceback: ten seconds for one error.
    configure_logs("test", "json")


@pytest.fixture(scope="session")
def servers() -> Iterator[object]:
    """PostgreSQL and Kafka: those that the environment names, else embedded ones."""
    if find_spec("opsdesk_local") is None:
        raise pytest.UsageError("opsdesk-local is not installed: run `make test`")
    from opsdesk_local import servers_for_tests

    with servers_for_tests() as found:
        yield found


@pytest.fixture(scope="session")
def kafka(servers: object) -> Kafka:
    """A broker with nothing of this test run in it but what the run writes."""
    return Kafka(servers.bootstrap)  # type: ignore[attr-defined]  # a dev-only package


@pytest.fixture(scope="session")
def templates(servers: object) -> Iterator[Templates]:
    templates = Templates(servers, prefix=f"test_{os.getpid()}")
    yield templates
    asyncio.run(templates.drop_all())


@pytest.fixture
def schema() -> str:
    """Which service's schema `database` is: services override it in their conftest."""
    return "common"


@pytest.fixture
async def template(templates: Templates, schema: str) -> Template:
    return await templates.of(schema)


@pytest.fixture
async def database(templates: Templates, template: Template) -> AsyncIterator[Database]:
    """The service's database, migrated, with simulated time, as its runtime role. Empty."""
    async with templates.clone(template, next(_numbers)) as url:
        database = Database(url, template.schema, pool_size=10)
        yield database
        await database.close()


@pytest.fixture
async def owner_url(database: Database, templates: Templates, template: Template) -> str:
    """The owner role's address of the same database: for tampering, and for migrations."""
    name = database.url.rpartition("/")[2]
    return templates.owner_url(template, name)


@pytest.fixture
def psql(database: Database, servers: object) -> Psql:
    """PostgreSQL's own program, as the role of the BI tools, on the same database."""
    return create_psql(servers, database.url.rpartition("/")[2])

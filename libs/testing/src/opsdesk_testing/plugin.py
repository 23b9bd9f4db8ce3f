"""pytest plugin: real PostgreSQL and Kafka, and a database for every test that asks for one.

Tests commit: `database` is a clone of a migrated template, or one whose rows were put back.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.telemetry import security_events
from common.telemetry.logs import configure_logs
from opsdesk_testing.databases import Template, Templates
from opsdesk_testing.psql import Psql, create_psql
from opsdesk_testing.security_lines import SecurityLines

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

# No deadline: a busy machine is slow. In CI the examples are the same every time.
settings.register_profile("opsdesk", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("opsdesk")


def pytest_configure() -> None:
    # structlog's default formats every variable of a traceback: ten seconds for one error.
    configure_logs("test", "json")


@pytest.fixture(scope="session")
def servers() -> Iterator["Servers"]:
    """PostgreSQL and Kafka: those that the environment names, else embedded ones."""
    if find_spec("opsdesk_local") is None:
        raise pytest.UsageError("opsdesk-local is not installed: run `make test`")
    from opsdesk_local import servers_for_tests

    with servers_for_tests() as found:
        yield found


@pytest.fixture(scope="session")
def kafka(servers: "Servers") -> Kafka:
    """The connection to a broker that only this test run writes to."""
    return Kafka(servers.bootstrap)


@pytest.fixture(scope="session")
def templates(servers: "Servers") -> Iterator[Templates]:
    templates = Templates(servers, prefix=f"test_{os.getpid()}")
    yield templates
    asyncio.run(templates.drop_all())


@pytest.fixture
def schema() -> str:
    """The schema of `database`; services override it in their conftest."""
    return "common"


@pytest.fixture
async def template(templates: Templates, schema: str) -> Template:
    return await templates.of(schema)


@pytest.fixture
async def database(templates: Templates, template: Template) -> AsyncIterator[Database]:
    """The service's database, migrated, with simulated time, as its runtime role. Empty."""
    async with templates.database(template, pool_size=10) as database:
        yield database


@pytest.fixture
async def owner_url(database: Database, templates: Templates, template: Template) -> str:
    """The owner role's URL of the same database: for tampering and migrations."""
    name = database.url.rpartition("/")[2]
    return templates.owner_url(template, name)


@pytest.fixture
def security_lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The lines of security events from now on; those of other tests count for no limit."""
    log = SecurityLines()
    monkeypatch.setattr(security_events, "log", log)
    monkeypatch.setattr(security_events, "_LIMIT", security_events.LineLimit())
    return log.lines


@pytest.fixture
def psql(database: Database, servers: "Servers") -> Psql:
    """The program psql as the role of the BI tools, on the same database."""
    return create_psql(servers, database.url.rpartition("/")[2])

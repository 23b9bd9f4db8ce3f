"""One OpsDesk for all journeys: four service processes, PostgreSQL, Kafka and a mail server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from opsdesk import demo_clients
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load
from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as journey_context
from opsdesk.journeys.context import JourneyContext
from opsdesk_local import embedded_servers
from opsdesk_local.addresses import Addresses
from opsdesk_local.installation import Installation


@contextmanager
def _installation(folder: Path) -> Iterator[Addresses]:
    with ExitStack() as stack:
        servers = stack.enter_context(embedded_servers())
        installation = Installation(
            folder, servers.admin_url, servers.bootstrap, servers.state.password
        )
        stack.callback(installation.stop)
        installation.prepare()
        demo_clients.issue_all_tokens(installation.addresses.issuer)
        installation.start()
        yield installation.addresses


async def _with_demo_company(addresses: Addresses) -> Endpoints:
    endpoints = Endpoints(addresses.services, addresses.kafka, addresses.issuer, addresses.mail)
    async with asyncio.timeout(120), demo_clients.open_demo_clients(endpoints) as clients:
        await load(clients, read_demo_data(), lambda chapter, entries, new: None)
    return endpoints


@pytest.fixture(scope="package")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A running OpsDesk of our own: journeys move its time, so nobody else may use it."""
    with _installation(tmp_path_factory.mktemp("opsdesk")) as addresses:
        yield addresses


@pytest.fixture(scope="package")
async def endpoints(addresses: Addresses) -> Endpoints:
    """The same, with the demo company in it."""
    return await _with_demo_company(addresses)


@pytest.fixture(scope="module")
async def endpoints_without_a_past(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Endpoints]:
    """Another one, in which nobody has played yet: for a past that would change forecasts."""
    with _installation(tmp_path_factory.mktemp("own")) as addresses:
        yield await _with_demo_company(addresses)


@pytest.fixture
async def context(endpoints: Endpoints) -> AsyncIterator[JourneyContext]:
    async with journey_context.open_context(endpoints, print) as here:
        yield here

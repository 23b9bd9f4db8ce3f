"""One OpsDesk for all journeys: four service processes, PostgreSQL, Kafka and a mail server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from opsdesk import demo_clients
from opsdesk.company.demo_data import read_book
from opsdesk.company.loader import load
from opsdesk.endpoints import Running
from opsdesk.journeys import context as journey_context
from opsdesk.journeys.context import Stage
from opsdesk_local import embedded_servers
from opsdesk_local.addresses import Addresses
from opsdesk_local.installation import Installation


@pytest.fixture(scope="session")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A running OpsDesk of our own: journeys move its time, so nobody else may use it."""
    with ExitStack() as stack:
        servers = stack.enter_context(embedded_servers())
        folder: Path = tmp_path_factory.mktemp("opsdesk")
        desk = Installation(folder, servers.admin_url, servers.bootstrap, servers.state.password)
        stack.callback(desk.stop)
        desk.prepare()
        demo_clients.issue_all(desk.addresses.issuer)
        desk.start()
        yield desk.addresses


@pytest.fixture(scope="session")
async def running(addresses: Addresses) -> Running:
    """The same, with the demo company in it."""
    found = Running(addresses.services, addresses.kafka, addresses.issuer, addresses.mail)
    async with asyncio.timeout(120), demo_clients.opened(found) as desks:
        await load(desks, read_book(), lambda chapter, entries, new: None)
    return found


@pytest.fixture
async def on_stage(running: Running) -> AsyncIterator[Stage]:
    async with journey_context.raised(running, print) as here:
        yield here

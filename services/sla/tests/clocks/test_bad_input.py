"""Invalid requests never cause a 500, and no route is public."""

import asyncio

import pytest

from common.http import create_app
from common.persistence.database import Database
from opsdesk_testing.fuzz import fuzz
from opsdesk_testing.protocol import deliver, freeze_time
from opsdesk_testing.routes import unguarded_routes
from sla.app import SERVICE
from sla.handlers import HANDLERS
from sla_support.company import NINE, promise, ticket_opened


@pytest.mark.thorough
async def test_nothing_that_is_sent_ends_in_a_500(database: Database) -> None:
    await promise(database)
    await freeze_time(database, NINE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    statuses = await asyncio.to_thread(fuzz, SERVICE, database.url, seconds=15, examples=8)
    assert statuses[200] > 0


def test_every_route_names_its_permission() -> None:
    assert unguarded_routes(create_app(SERVICE)) == []

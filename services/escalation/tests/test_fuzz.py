"""Whatever is sent to escalation, it answers; never with a 500."""

import asyncio

import pytest

from common.persistence.database import Database
from escalation.app import SERVICE
from opsdesk_testing.fuzz import fuzz

pytestmark = pytest.mark.thorough


async def test_nothing_sent_by_a_caller_ends_in_a_500(database: Database) -> None:
    statuses = await asyncio.to_thread(fuzz, SERVICE, database.url, seconds=15, examples=8)
    assert 500 not in statuses
    assert statuses[200]
    assert statuses[201]

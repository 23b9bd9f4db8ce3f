"""What holds for every route of the gate."""

import asyncio

import pytest

from common.http import create_app
from common.persistence.database import Database
from delivery_gate.app import SERVICE
from opsdesk_testing.fuzz import fuzz


def test_the_app_describes_itself() -> None:
    paths = create_app(SERVICE).openapi()["paths"]
    assert "/v1/deliveries/{delivery}/approve" in paths


@pytest.mark.thorough
async def test_nothing_sent_by_a_caller_ends_in_a_500(database: Database) -> None:
    statuses = await asyncio.to_thread(fuzz, SERVICE, database.url, seconds=15, examples=5)
    assert 500 not in statuses

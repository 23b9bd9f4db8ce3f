"""The table of firings is the last fence: no second firing, none before its time."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from asyncpg.exceptions import CheckViolationError, UniqueViolationError

from common.persistence.database import Database
from common.scheduling.deadlines import Due, record_firings
from opsdesk_testing.ledger import NOON

DUE = Due("pay", UUID(int=1), NOON, generation=7)


async def test_the_table_refuses_a_second_firing(database: Database) -> None:
    async with database.transaction() as tx:
        await record_firings(tx, [DUE], NOON)
    with pytest.raises(UniqueViolationError):
        async with database.transaction() as tx:
            await record_firings(tx, [replace(DUE, subject=UUID(int=2))], NOON)


async def test_the_table_refuses_a_firing_that_is_early(database: Database) -> None:
    with pytest.raises(CheckViolationError):
        async with database.transaction() as tx:
            await record_firings(tx, [DUE], NOON - timedelta(microseconds=1))

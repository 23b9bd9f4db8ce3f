"""The table of firings is the last fence: no second firing, none before its time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from asyncpg.exceptions import CheckViolationError, UniqueViolationError

from common.persistence.database import Database, transaction_time
from common.scheduling.deadlines import Due, record_firings

DUE = Due("pay", UUID(int=1), datetime(2020, 1, 7, 12, tzinfo=UTC), generation=7)


async def test_the_table_refuses_a_second_firing(database: Database) -> None:
    async with database.transaction() as tx:
        await record_firings(tx, [DUE])
    with pytest.raises(UniqueViolationError):
        async with database.transaction() as tx:
            await record_firings(tx, [replace(DUE, subject=UUID(int=2))])


async def test_the_table_refuses_a_firing_that_is_early(database: Database) -> None:
    async with database.transaction() as tx:
        soon = await transaction_time(tx) + timedelta(minutes=1)
        with pytest.raises(CheckViolationError):
            await record_firings(tx, [replace(DUE, due_at=soon)])

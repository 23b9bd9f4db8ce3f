"""The table of firings is the last fence: no second firing, none before its time. What is counted of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from asyncpg.exceptions import CheckViolationError, UniqueViolationError

from common.persistence.database import Connection, Database, transaction_time
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.deadlines import Due, Timer, record_firings
from common.telemetry import metrics
from opsdesk_testing.ledger import lock_accounts

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


async def do_nothing(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """An effect that is not asked for here."""


async def test_the_counter_of_blind_ones_is_there_before_the_first(database: Database) -> None:
    """Prometheus sees no increase in a series that begins with 1: nobody would hear of the first one."""
    DeadlineScheduler(database, {"new kind": Timer(lock_accounts, do_nothing)})
    [counter] = metrics.DEADLINES_FIRED.collect()
    assert {"kind": "new kind", "fired_without_events": "true"} in [
        sample.labels for sample in counter.samples if sample.value == 0
    ]

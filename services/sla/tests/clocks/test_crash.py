"""A process that dies half-way leaves nothing behind, and the same again takes effect once."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.clocks import commands as progress
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import about, resolution, whole
from sla_support.company import HOUR, NINE, opened, promise


class Crash:
    """Stands in for `announce`, the last write before the commit, and fails the first time."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.times = 1

    async def __call__(self, tx: Connection, *told: OutboxEvent) -> None:
        await self.real(tx, *told)
        if self.times:
            self.times -= 1
            raise ConnectionError("killed before the commit")


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Crash:
    crash = Crash(publish)
    monkeypatch.setattr(progress, "publish", crash)
    return crash


async def count(database: Database, tables: Sequence[str]) -> list[int]:
    async with database.transaction() as tx:
        return [
            int(await tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables
        ]


async def test_an_opening_that_was_cut_off_is_done_once(database: Database, crash: Crash) -> None:
    await promise(database)
    tables = ("tickets", "clocks", "clock_inputs", "deadlines WHERE kind = 'clock'")
    with pytest.raises(ConnectionError):
        await deliver(database, HANDLERS, (opened(1), 1))
    assert await count(database, tables) == [0, 0, 0, 0]
    await deliver(database, HANDLERS, (opened(1), 1))
    assert await count(database, tables) == [1, 2, 2, 2]
    await whole(database)


async def test_a_firing_that_was_cut_off_fires_once(database: Database, crash: Crash) -> None:
    """C8"""
    crash.times = 0
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (opened(1), 1))
    await freeze_time(database, NINE + 4 * HOUR)
    crash.times = 1
    with pytest.raises(ConnectionError):
        await fire_due(database, TIMERS)
    assert about(await outbox_events(database), "resolution") == ["started"]
    await fire_due(database, TIMERS)
    await fire_due(database, TIMERS)
    assert about(await outbox_events(database), "resolution") == ["started", "threshold_reached"]
    assert (await resolution(database)).clock.fired == ("warning_50",)
    await whole(database)

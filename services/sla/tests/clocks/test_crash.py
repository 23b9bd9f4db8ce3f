"""A process that crashes half-way leaves nothing behind, and the repetition takes effect once."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.clocks import commands
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, event_types, resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_opened


class FailingPublish:
    """Stands in for `announce`, the last write before the commit, and fails the first time."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.failures_left = 1

    async def __call__(self, tx: Connection, *events: OutboxEvent) -> None:
        await self.real(tx, *events)
        if self.failures_left:
            self.failures_left -= 1
            raise ConnectionError("killed before the commit")


@pytest.fixture
def failing_publish(monkeypatch: pytest.MonkeyPatch) -> FailingPublish:
    crash = FailingPublish(publish)
    monkeypatch.setattr(commands, "publish", crash)
    return crash


async def count(database: Database, tables: Sequence[str]) -> list[int]:
    async with database.transaction() as tx:
        return [
            int(await tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables
        ]


async def test_an_opening_that_was_cut_off_is_done_once(
    database: Database, failing_publish: FailingPublish
) -> None:
    await promise(database)
    tables = ("tickets", "clocks", "clock_inputs", "deadlines WHERE kind = 'clock'")
    with pytest.raises(ConnectionError):
        await deliver(database, HANDLERS, (ticket_opened(1), 1))
    assert await count(database, tables) == [0, 0, 0, 0]
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    assert await count(database, tables) == [1, 2, 2, 2]
    await assert_consistent(database)


async def test_a_firing_that_was_cut_off_fires_once(
    database: Database, failing_publish: FailingPublish
) -> None:
    """C8"""
    failing_publish.failures_left = 0
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 4 * HOUR)
    failing_publish.failures_left = 1
    with pytest.raises(ConnectionError):
        await fire_due(database, TIMERS)
    assert event_types(await outbox_events(database), "resolution") == ["started"]
    await fire_due(database, TIMERS)
    await fire_due(database, TIMERS)
    assert event_types(await outbox_events(database), "resolution") == [
        "started",
        "threshold_reached",
    ]
    assert (await resolution_clock(database)).clock.fired == ("warning_50",)
    await assert_consistent(database)

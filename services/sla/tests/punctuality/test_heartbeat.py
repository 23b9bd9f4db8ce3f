"""A row a minute while the timers of a replica turn; a loop that stands still leaves none (R16)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.runtime import create_runtime
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.loop_heartbeat import LoopHeartbeat
from opsdesk_testing.client import settings_for
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.waiting import until
from sla.punctuality import heartbeat
from sla.punctuality.domain.timer_gaps import MAX_LOOP_GAP, Beat
from sla.punctuality.heartbeat import record_beat, run_heartbeat
from sla.punctuality.store import punctuality
from sla.settings import SlaSettings
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE

MINUTE = timedelta(minutes=1)


async def stored_beats(database: Database) -> list[Beat]:
    async with database.transaction() as tx:
        return await punctuality.list_beats(tx, NINE - HOUR, NINE + 24 * HOUR)


async def _has_beats(database: Database) -> bool:
    return bool(await stored_beats(database))


async def test_each_beat_says_from_when_the_timers_were_alive(database: Database) -> None:
    run, since, pulse = uuid7(), None, LoopHeartbeat()
    for minutes in range(3):
        await freeze_time(database, NINE + minutes * MINUTE)
        pulse.beat()
        since = await record_beat(database, run, since, pulse)
    assert [(one.at, one.since) for one in await stored_beats(database)] == [
        (NINE, None),
        (NINE + MINUTE, NINE),
        (NINE + 2 * MINUTE, NINE + MINUTE),
    ]
    assert pulse.iterations == 0


async def test_timers_that_do_not_turn_do_not_beat(database: Database) -> None:
    await freeze_time(database, NINE)
    assert await record_beat(database, uuid7(), None, LoopHeartbeat()) is None
    assert await stored_beats(database) == []


async def test_the_longest_silence_is_told_whenever_it_is_written() -> None:
    """The present one included: a loop that hangs while it is asked has been silent until now."""
    pulse = LoopHeartbeat()
    assert pulse.longest_gap == timedelta(0)
    pulse.beat()
    assert pulse._last_beat is not None
    pulse._last_beat -= 40
    assert pulse.longest_gap >= timedelta(seconds=40) > MAX_LOOP_GAP
    pulse.beat()
    assert pulse.longest_gap >= timedelta(seconds=40)
    pulse.reset()
    assert pulse.longest_gap < timedelta(seconds=30)


async def test_while_the_database_is_away_nothing_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = LoopHeartbeat()
    pulse.beat()

    async def raise_connection_error(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as away:
        away.setattr(punctuality, "insert_beat", raise_connection_error)
        assert await record_beat(database, uuid7(), None, pulse) is None
    assert pulse.iterations == 1


async def test_a_timekeeper_beats_while_it_runs_and_once_more_at_its_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the sealing is armed."""
    monkeypatch.setattr(heartbeat, "RETRY_DELAY_S", 0.02)
    await freeze_time(database, NINE)
    runtime = create_runtime(settings_for(SlaSettings, database.url), database)
    scheduler = DeadlineScheduler(database, TIMERS, heartbeat=runtime.heartbeat)
    turning = asyncio.create_task(scheduler.run())
    beating = asyncio.create_task(run_heartbeat(runtime))
    await until(lambda: _has_beats(database))
    await freeze_time(database, NINE + MINUTE)
    iterations = runtime.heartbeat.iterations
    await until(lambda: runtime.heartbeat.iterations > iterations)
    for task in (beating, turning):
        task.cancel()
        await asyncio.wait([task])
    assert [(one.at, one.since) for one in await stored_beats(database)] == [
        (NINE, None),
        (NINE + MINUTE, NINE),
    ]
    async with database.transaction() as tx:
        armed = text("SELECT due_at FROM deadlines WHERE kind = 'punctuality'")
        assert await tx.scalar(armed) is not None

"""A row a minute while the timers of a replica turn; a loop that stands still leaves none (R16)."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from common.scheduling.deadline_scheduler import Timekeeper
from common.scheduling.loop_heartbeat import Pulse
from opsdesk_testing.protocol import stand_at
from opsdesk_testing.waiting import until
from sla.punctuality import heartbeat
from sla.punctuality.domain.gaps import PAUSE, Beat
from sla.punctuality.heartbeat import beat, keep_beating
from sla.punctuality.store import punctuality
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE

MINUTE = timedelta(minutes=1)


async def beats(database: Database) -> list[Beat]:
    async with database.transaction() as tx:
        return await punctuality.beats_between(tx, NINE - HOUR, NINE + 24 * HOUR)


async def _any(database: Database) -> bool:
    return bool(await beats(database))


async def test_each_beat_says_from_when_the_timers_were_alive(database: Database) -> None:
    run, since, pulse = uuid7(), None, Pulse()
    for minutes in range(3):
        await stand_at(database, NINE + minutes * MINUTE)
        pulse.looked()
        since = await beat(database, run, since, pulse)
    assert [(one.at, one.since) for one in await beats(database)] == [
        (NINE, None),
        (NINE + MINUTE, NINE),
        (NINE + 2 * MINUTE, NINE + MINUTE),
    ]
    assert pulse.looks == 0


async def test_timers_that_do_not_turn_do_not_beat(database: Database) -> None:
    await stand_at(database, NINE)
    assert await beat(database, uuid7(), None, Pulse()) is None
    assert await beats(database) == []


async def test_the_longest_silence_is_told_whenever_it_is_written() -> None:
    """The present one included: a loop that hangs while it is asked has been silent until now."""
    pulse = Pulse()
    assert pulse.longest == timedelta(0)
    pulse.looked()
    assert pulse._last is not None
    pulse._last -= 40
    assert pulse.longest >= timedelta(seconds=40) > PAUSE
    pulse.looked()
    assert pulse.longest >= timedelta(seconds=40)
    pulse.written()
    assert pulse.longest < timedelta(seconds=30)


async def test_while_the_database_is_away_nothing_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = Pulse()
    pulse.looked()

    async def gone(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as away:
        away.setattr(punctuality, "beat", gone)
        assert await beat(database, uuid7(), None, pulse) is None
    assert pulse.looks == 1


async def test_a_timekeeper_beats_while_it_runs_and_once_more_at_its_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the sealing is armed."""
    monkeypatch.setattr(heartbeat, "SOON", 0.02)
    await stand_at(database, NINE)
    keeper = Timekeeper(database, TIMERS)
    state = SimpleNamespace(database=database, deadlines=keeper)
    turning = asyncio.create_task(keeper.run())
    beating = asyncio.create_task(keep_beating(SimpleNamespace(state=state)))  # type: ignore[arg-type]
    await until(lambda: _any(database))
    await stand_at(database, NINE + MINUTE)
    looks = keeper.pulse.looks
    await until(lambda: keeper.pulse.looks > looks)
    for task in (beating, turning):
        task.cancel()
        await asyncio.wait([task])
    assert [(one.at, one.since) for one in await beats(database)] == [
        (NINE, None),
        (NINE + MINUTE, NINE),
    ]
    async with database.transaction() as tx:
        armed = text("SELECT due_at FROM deadlines WHERE kind = 'punctuality'")
        assert await tx.scalar(armed) is not None

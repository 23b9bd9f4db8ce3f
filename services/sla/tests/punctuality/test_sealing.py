"""A day is sealed when it is over and nothing of it can appear any more (R16)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from common.events.tickets import TicketResolved
from common.persistence.database import Database
from common.scheduling.deadlines import Deadline, schedule
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.clocks.store import clocks
from sla.handlers import HANDLERS
from sla.punctuality import sealing
from sla.punctuality.domain.verifier import check_file
from sla.punctuality.export import check_record
from sla.punctuality.sealing import CHAIN_SUBJECT, DEADLINE_KIND, RETRY_DELAY, start_of_day
from sla.punctuality.store import seals
from sla.punctuality.store.seals import Seal
from sla.timers import TIMERS
from sla_support.assertions import resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.sealed_days import DAY, MONDAY, busy_days, evidence_file, seal_until

TUESDAY = start_of_day(MONDAY + DAY)
MINUTE = timedelta(minutes=1)


async def all_seals(database: Database) -> list[Seal]:
    async with database.transaction() as tx:
        return await seals.page(tx, None, 100)


async def test_each_day_is_sealed_and_an_outsider_sees_the_same(
    database: Database, tmp_path: Path
) -> None:
    await busy_days(database)
    await seal_until(database, TUESDAY + 3 * DAY + MINUTE)
    sealed = await all_seals(database)
    assert [(one.day, one.size, one.closes) for one in sealed] == [
        (MONDAY, 1, True),
        (MONDAY + DAY, 7, True),
        (MONDAY + 2 * DAY, 0, True),
        (MONDAY + 3 * DAY, 0, True),
    ]
    report = await check_record(database)
    assert report.startswith("whole: 8 firings and 0 beats in 4 seals, 2026-06-01 to 2026-06-04")
    assert sealed[-1].head in report
    assert check_file(await evidence_file(database, tmp_path), sealed[1].head) == report


async def test_nothing_is_sealed_before_the_day_is_over(database: Database) -> None:
    await busy_days(database)
    await seal_until(database, TUESDAY + DAY)
    before = await all_seals(database)
    async with database.transaction() as tx:
        due = await tx.scalar(text("SELECT due_at FROM deadlines WHERE kind = 'punctuality'"))
    assert before[-1].day == MONDAY + DAY
    assert due == TUESDAY + 2 * DAY
    await freeze_time(database, TUESDAY + 2 * DAY - MINUTE)
    await fire_due(database, TIMERS)
    assert await all_seals(database) == before


async def test_a_firing_that_is_not_committed_yet_is_waited_for(database: Database) -> None:
    """Its moment lies in the day, its commit behind it."""
    await busy_days(database)
    await freeze_time(database, TUESDAY + DAY + MINUTE)
    tracked = await resolution_clock(database, 2)
    async with database.transaction() as tx:
        await clocks.lock_available(tx, [tracked.id])
        await tx.execute(
            text("INSERT INTO heartbeats VALUES (gen_random_uuid(), :at, NULL, 1, '0')"),
            {"at": TUESDAY + 20 * HOUR},
        )
        async with database.transaction() as other:
            await schedule(other, [Deadline(DEADLINE_KIND, CHAIN_SUBJECT, TUESDAY)])
        for minutes in range(2, 6):
            await freeze_time(database, TUESDAY + DAY + minutes * RETRY_DELAY)
            await fire_due(database, TIMERS)
        assert await all_seals(database) == []
    await seal_until(database, TUESDAY + DAY + 10 * RETRY_DELAY)
    assert [one.size for one in await all_seals(database)] == [1, 8]
    assert "8 firings and 1 beats" in await check_record(database)


async def test_a_full_day_is_sealed_in_small_steps(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a breach which falls due meanwhile does not wait for a day's hashing."""
    monkeypatch.setattr(sealing, "MAX_LINES_PER_SEAL", 4)
    await busy_days(database)
    await seal_until(database, TUESDAY + DAY)
    sealed = await all_seals(database)
    assert [(one.size, one.closes) for one in sealed] == [(1, True), (4, False), (3, True)]
    assert "8 firings" in await check_record(database)


async def test_the_service_itself_cannot_change_what_is_sealed(database: Database) -> None:
    """R16: its role has no right to"""
    await busy_days(database)
    await seal_until(database, TUESDAY)
    for change in (
        "UPDATE punctuality_seals SET closes = false",
        "DELETE FROM punctuality_seals",
        "DELETE FROM heartbeats",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction() as tx:
                await tx.execute(text(change))


async def test_lags_can_be_had_from_the_export_alone(database: Database) -> None:
    """C8"""
    await busy_days(database, lag=timedelta(milliseconds=40))
    await seal_until(database, TUESDAY + DAY)
    assert "lag p50 40.0 ms, p99 40.0 ms, max 40.0 ms" in await check_record(database)


async def test_a_firing_that_an_event_overtook_is_on_record_too(database: Database) -> None:
    """The timers were down; what the event found due counts with its lag."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    solved = ticket_event(TicketResolved, 1, NINE + 9 * HOUR)
    await freeze_time(database, NINE + 9 * HOUR)
    await deliver(database, HANDLERS, (solved, 2))
    await seal_until(database, TUESDAY)
    assert "4 firings" in (found := await check_record(database))
    assert "max 18000000.0 ms" in found


async def test_what_was_heard_of_late_does_not_count_as_late(database: Database) -> None:
    """C2, C8: phoned in at 14:00 as of 09:00; half of the target was over before anybody knew"""
    await promise(database, metrics=("resolution",))
    await freeze_time(database, NINE + 5 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE), 1))
    await freeze_time(database, NINE + 5 * HOUR + MINUTE)
    await fire_due(database, TIMERS)
    await seal_until(database, TUESDAY)
    assert "1 firings" in (found := await check_record(database))
    assert "max 60000.0 ms" in found

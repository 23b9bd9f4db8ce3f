"""Rounds of forecasts: computed from the past, published when they change, scored at the end."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from common.events.tickets import TicketOnHold, TicketPrioritised
from common.persistence.database import Database
from common.scheduling.deadlines import Deadline, schedule
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.forecasts.domain.forecast import Forecast
from sla.forecasts.store import forecasts
from sla.forecasts.timers import DEADLINE_KIND, ROUND_SUBJECT
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.forecast_scenario import forecast_events, handle_ticket, run_forecast_round

DAY = timedelta(days=1)
MONDAY = NINE + 7 * DAY
MAJOR = ("resolution", "major", "incident")


async def forecast_of(database: Database, number: int) -> Forecast:
    tracked = await resolution_clock(database, number)
    async with database.transaction() as tx:
        return (await forecasts.find_by_clocks(tx, [tracked.id]))[tracked.id]


async def slow_past(database: Database) -> None:
    """Twenty major tickets that took ten working hours where eight were promised."""
    await promise(database, metrics=("resolution",))
    for number in range(1, 21):
        await handle_ticket(database, number, 25 * HOUR)


async def test_a_slow_past_makes_a_promise_likely_to_break(database: Database) -> None:
    await slow_past(database)
    await freeze_time(database, MONDAY)
    await deliver(database, HANDLERS, (ticket_opened(100, MONDAY), 1))
    await run_forecast_round(database)
    made = await forecast_of(database, 100)
    assert made.outlook == "likely_to_breach"
    assert made.expected_breach_at == MONDAY + 8 * HOUR
    assert (made.estimate.sample_size, made.estimate.breached_ratio, made.estimate.level) == (
        20,
        1.0,
        3,
    )
    (event,) = await forecast_events(database)
    assert event.subject == f"forecast/{made.id}"
    assert (event.body["previous"], event.body["outlook"]) == ("safe", "likely_to_breach")
    assert event.body["ticket"] == "OPS-100"
    assert event.body["expected_breach_at"] == "2026-06-08T15:00:00Z"
    assert event.body["reasons"][1] == (
        "Of 20 major incident resolution promises that had come this far, an estimated 100.0 % took longer"
        " than the 8 hr that it has left. For every major resolution promise it is 88.9 %, which counts as"
        " much as 10 of them: (20 x 100.0 % + 10 x 88.9 %) / 30 = 96.3 % for a breach."
    )


async def test_a_quick_past_keeps_it_quiet(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    for number in range(1, 21):
        await handle_ticket(database, number, HOUR)
    await freeze_time(database, MONDAY)
    await deliver(database, HANDLERS, (ticket_opened(100, MONDAY), 1))
    await run_forecast_round(database)
    assert (await forecast_of(database, 100)).outlook == "safe"
    assert await forecast_events(database) == []


async def test_only_a_turn_is_told(database: Database) -> None:
    """R3: so that nobody is flooded"""
    await slow_past(database)
    for minutes in (0, 5, 10, 60, 120):
        await freeze_time(database, MONDAY + timedelta(minutes=minutes))
        if minutes == 0:
            await deliver(database, HANDLERS, (ticket_opened(100, MONDAY), 1))
        await run_forecast_round(database)
    assert len(await forecast_events(database)) == 1
    await assert_consistent(database)


async def test_rounds_recur_on_the_full_five_minutes(database: Database) -> None:
    await promise(database)
    async with database.transaction() as tx:
        await schedule(tx, [Deadline(DEADLINE_KIND, ROUND_SUBJECT, NINE)])
    fired = []
    for minutes in (0, 4, 5, 5, 71, 74, 75):
        await freeze_time(database, NINE + timedelta(minutes=minutes, seconds=1))
        fired.append(await fire_due(database, TIMERS))
    assert fired == [1, 0, 1, 0, 1, 0, 1]


async def test_a_round_of_many_steps_passes_each_clock_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.forecasts.timers.CLOCKS_PER_STEP", 7)
    await promise(database, metrics=("resolution",))
    await deliver(
        database, HANDLERS, *((ticket_opened(n, priority="minor"), 1) for n in range(1, 31))
    )
    await deliver(
        database, HANDLERS, *((ticket_opened(n, priority="major"), 1) for n in range(31, 34))
    )
    waiting = ticket_event(TicketOnHold, 30, NINE, waiting_on="customer", priority="minor")
    await deliver(database, HANDLERS, (waiting, 2))
    await run_forecast_round(database)
    found = [await forecast_of(database, number) for number in range(1, 34)]
    ahead = [one.progress.queue_position for one in found]
    assert sorted(n for n in ahead if n is not None) == list(range(32))
    assert all(n is not None and n < 3 for n in ahead[30:])  # major ones break first
    assert found[29].progress.queue_position is None
    async with database.transaction() as tx:
        counted = await tx.scalar(text("SELECT ahead ->> 'resolution' FROM forecast_rounds"))
        assert counted == "32"
        assert await tx.scalar(text("SELECT done FROM forecast_rounds"))


async def test_a_growing_queue_worries(database: Database) -> None:
    """The same promise is less likely kept behind sixty others, where one is usual."""
    await promise(database, metrics=("resolution",))
    for number in range(1, 21):
        await handle_ticket(database, number, 4 * HOUR)
    await freeze_time(database, MONDAY)
    await deliver(database, HANDLERS, (ticket_opened(100, MONDAY), 1))
    await run_forecast_round(database)
    await run_forecast_round(database)
    alone = await forecast_of(database, 100)
    urgent = ((ticket_opened(n, MONDAY - HOUR / 2), 1) for n in range(200, 260))
    await deliver(database, HANDLERS, *urgent)
    await run_forecast_round(database)
    behind = await forecast_of(database, 100)
    assert (alone.progress.queue_position, behind.progress.queue_position) == (0, 60)
    assert behind.estimate.probability > alone.estimate.probability + 0.3
    await freeze_time(database, MONDAY + HOUR)
    await run_forecast_round(database)
    # A week's half-life: an hour of a long queue changes little about what is usual.
    assert (await forecast_of(database, 100)).progress.typical_queue_length < 2


async def test_nothing_is_forecast_of_what_is_broken_or_promised_no_more(
    database: Database,
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await run_forecast_round(database)
    lowered = ticket_event(
        TicketPrioritised, 2, NINE + HOUR, priority="trivial", previous="major", confirmed_by="omar"
    )
    await deliver(database, HANDLERS, (lowered, 2))
    await freeze_time(database, NINE + 9 * HOUR)
    await run_forecast_round(database)
    await run_forecast_round(database)
    assert not (await forecast_of(database, 1)).open
    assert not (await forecast_of(database, 2)).open

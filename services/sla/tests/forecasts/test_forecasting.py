"""Rounds of forecasts: made from what happened, told when they turn, scored when it is over."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from common.database import Database
from common.deadlines import Deadline, arm
from common.events.tickets import (
    TicketCustomerReplied,
    TicketMerged,
    TicketPrioritised,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketWaiting,
)
from common.testing.protocol import fire, hear, stand_at
from sla.forecasting import KIND, THE_ROUND
from sla.forecasts.forecast import Forecast
from sla.forecasts.outlook import Curves
from sla.forecasts.score import Score, score
from sla.forecasts.survival import bin_of
from sla.handlers import HANDLERS
from sla.store import forecasts, handling, scores
from sla.testing.company import HOUR, NINE, opened, promise, said
from sla.testing.foreseen import forecasts_told, handle, make_round
from sla.testing.looking import resolution, whole
from sla.timers import TIMERS

DAY = timedelta(days=1)
MONDAY = NINE + 7 * DAY
MAJOR = ("resolution", "major", "incident")


async def forecast_of(database: Database, number: int) -> Forecast:
    tracked = await resolution(database, number)
    async with database.transaction() as tx:
        return (await forecasts.of_clocks(tx, [tracked.id]))[tracked.id]


async def curves_of(database: Database, at: datetime = MONDAY) -> Curves:
    async with database.transaction() as tx:
        return await handling.curves(tx, at)


async def slow_past(database: Database) -> None:
    """Twenty major tickets that took ten working hours where eight were promised."""
    await promise(database, metrics=("resolution",))
    for number in range(1, 21):
        await handle(database, number, 25 * HOUR)


async def test_a_slow_past_makes_a_promise_likely_to_break(database: Database) -> None:
    await slow_past(database)
    await stand_at(database, MONDAY)
    await hear(database, HANDLERS, (opened(100, MONDAY), 1))
    await make_round(database)
    made = await forecast_of(database, 100)
    assert made.outlook == "likely"
    assert made.breaks_at == MONDAY + 8 * HOUR
    assert (made.estimate.known, made.estimate.broke, made.estimate.level) == (20, 1.0, 3)
    (told,) = await forecasts_told(database)
    assert told.subject == f"forecast/{made.id}"
    assert (told.body["was"], told.body["outlook"]) == ("safe", "likely")
    assert told.body["ticket"] == "OPS-100"
    assert told.body["breaks_at"] == "2026-06-08T15:00:00Z"
    assert told.body["reasons"][1] == (
        "Of 20 like it (major incident resolution) that had come this far,"
        " 100% took longer than it has left."
    )


async def test_a_quick_past_keeps_it_quiet(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    for number in range(1, 21):
        await handle(database, number, HOUR)
    await stand_at(database, MONDAY)
    await hear(database, HANDLERS, (opened(100, MONDAY), 1))
    await make_round(database)
    assert (await forecast_of(database, 100)).outlook == "safe"
    assert await forecasts_told(database) == []


async def test_only_a_turn_is_told(database: Database) -> None:
    """R3: so that nobody is flooded"""
    await slow_past(database)
    for minutes in (0, 5, 10, 60, 120):
        await stand_at(database, MONDAY + timedelta(minutes=minutes))
        if minutes == 0:
            await hear(database, HANDLERS, (opened(100, MONDAY), 1))
        await make_round(database)
    assert len(await forecasts_told(database)) == 1
    await whole(database)


async def test_rounds_recur_on_the_full_five_minutes(database: Database) -> None:
    await promise(database)
    async with database.transaction() as tx:
        await arm(tx, [Deadline(KIND, THE_ROUND, NINE)])
    fired = []
    for minutes in (0, 4, 5, 5, 71, 74, 75):
        await stand_at(database, NINE + timedelta(minutes=minutes, seconds=1))
        fired.append(await fire(database, TIMERS))
    assert fired == [1, 0, 1, 0, 1, 0, 1]


async def test_a_round_of_many_steps_passes_each_clock_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.forecasting.STEP", 7)
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, *((opened(n, priority="minor"), 1) for n in range(1, 31)))
    await hear(database, HANDLERS, *((opened(n, priority="major"), 1) for n in range(31, 34)))
    waiting = said(TicketWaiting, 30, NINE, on="customer", priority="minor")
    await hear(database, HANDLERS, (waiting, 2))
    await make_round(database)
    found = [await forecast_of(database, number) for number in range(1, 34)]
    ahead = [one.standing.ahead for one in found]
    assert sorted(n for n in ahead if n is not None) == list(range(32))
    assert all(n is not None and n < 3 for n in ahead[30:])  # major ones break first
    assert found[29].standing.ahead is None
    async with database.transaction() as tx:
        counted = await tx.scalar(text("SELECT ahead ->> 'resolution' FROM forecast_rounds"))
        assert counted == "32"
        assert await tx.scalar(text("SELECT done FROM forecast_rounds"))


async def test_a_growing_queue_worries(database: Database) -> None:
    """The same promise is less likely kept behind sixty others, where one is usual."""
    await promise(database, metrics=("resolution",))
    for number in range(1, 21):
        await handle(database, number, 4 * HOUR)
    await stand_at(database, MONDAY)
    await hear(database, HANDLERS, (opened(100, MONDAY), 1))
    await make_round(database)
    await make_round(database)
    alone = await forecast_of(database, 100)
    urgent = ((opened(n, MONDAY - HOUR / 2), 1) for n in range(200, 260))
    await hear(database, HANDLERS, *urgent)
    await make_round(database)
    behind = await forecast_of(database, 100)
    assert (alone.standing.ahead, behind.standing.ahead) == (0, 60)
    assert behind.estimate.probability > alone.estimate.probability + 0.3
    await stand_at(database, MONDAY + HOUR)
    await make_round(database)
    # A week's half-life: an hour of a long queue changes little about what is usual.
    assert (await forecast_of(database, 100)).standing.usual < 2


async def test_handling_times_are_folded_once_and_as_they_were(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    for number, hours in ((1, 1), (2, 1), (3, 3)):
        await handle(database, number, hours * HOUR)
    await make_round(database)
    await make_round(database)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM handling_news")) == 0
        found = await tx.execute(text("SELECT bin, stopped FROM handling_times ORDER BY bin"))
        assert list(found) == [(bin_of(3600), 2), (bin_of(3 * 3600), 1)]
    assert (await curves_of(database))[MAJOR].came[0] == 3


async def test_a_reopened_ticket_takes_its_handling_time_back(database: Database) -> None:
    """C3: what took an hour at first took three in the end"""
    await promise(database, metrics=("resolution",))
    await handle(database, 1, HOUR)
    await make_round(database)
    reopened = said(TicketReopened, 1, NINE + 2 * HOUR, reason="not solved")
    again = said(TicketResolved, 1, NINE + 4 * HOUR)
    await stand_at(database, NINE + 2 * HOUR)
    await hear(database, HANDLERS, (reopened, 3))
    await make_round(database)
    assert (await forecast_of(database, 1)).open
    assert (await curves_of(database))[MAJOR].stopped[-1] == 0
    await stand_at(database, NINE + 4 * HOUR)
    await hear(database, HANDLERS, (again, 4))
    await make_round(database)
    curve = (await curves_of(database))[MAJOR]
    assert (curve.came[0], curve.stopped[-1]) == (1, 1)
    assert curve.survival(2.5 * 3600) == 1
    assert not (await forecast_of(database, 1)).open


async def test_what_is_open_or_merged_is_censored(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await handle(database, 1, 2 * HOUR)
    await stand_at(database, NINE)
    await hear(database, HANDLERS, (opened(2), 1), (opened(3), 1))
    merged = said(TicketMerged, 2, NINE + HOUR, into_id=opened(3).ticket_id, into="OPS-3")
    await stand_at(database, NINE + 3 * HOUR)
    await hear(database, HANDLERS, (merged, 2))
    await make_round(database)
    curve = (await curves_of(database))[MAJOR]
    assert (curve.came[0], curve.stopped[-1]) == (3, 1)
    # One of the three was gone before two hours: of the two that came so far one stopped.
    assert curve.survival(2.2 * 3600) == 0.5


async def test_each_cycle_counts_for_itself(database: Database) -> None:
    """C1"""
    await promise(database, metrics=("next_reply", "update"))
    message = opened(1).ticket_id
    events = [
        (opened(1), 1),
        (said(TicketCustomerReplied, 1, NINE + HOUR, message_id=message), 2),
        (said(TicketReplied, 1, NINE + 2 * HOUR, message_id=message), 3),
        (said(TicketCustomerReplied, 1, NINE + 3 * HOUR, message_id=message), 4),
        (said(TicketReplied, 1, NINE + 5 * HOUR, message_id=message), 5),
    ]
    await stand_at(database, NINE + 5 * HOUR)
    for event in events:
        await hear(database, HANDLERS, event)
    await make_round(database)
    async with database.transaction() as tx:
        found = await tx.execute(
            text("SELECT metric, bin, stopped FROM handling_times ORDER BY metric, bin")
        )
        assert list(found) == [
            ("next_reply", bin_of(3600), 1),
            ("next_reply", bin_of(7200), 1),
            ("update", bin_of(7200), 1),
            ("update", bin_of(3 * 3600), 1),
        ]


async def test_nothing_is_forecast_of_what_is_broken_or_promised_no_more(
    database: Database,
) -> None:
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1), (opened(2), 1))
    await make_round(database)
    lowered = said(
        TicketPrioritised, 2, NINE + HOUR, priority="trivial", was="major", second="omar"
    )
    await hear(database, HANDLERS, (lowered, 2))
    await stand_at(database, NINE + 9 * HOUR)
    await make_round(database)
    await make_round(database)
    assert not (await forecast_of(database, 1)).open
    assert not (await forecast_of(database, 2)).open


async def test_forecasts_are_scored_by_what_came(database: Database) -> None:
    """A mark at the first look and at each quarter; then the promise breaks, or is kept."""
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1), (opened(2), 1))
    for hours in (0, 0.5, 2, 4, 6.5):
        await stand_at(database, NINE + hours * HOUR)
        await make_round(database)
    await stand_at(database, NINE + 7 * HOUR)
    await hear(database, HANDLERS, (said(TicketResolved, 2, NINE + 7 * HOUR), 2))
    await stand_at(database, NINE + 9 * HOUR)
    await make_round(database)
    async with database.transaction() as tx:
        found = await scores.tallies(tx, date(2026, 6, 1), date(2026, 6, 1), "resolution")
        marks = await tx.execute(
            text("SELECT broke, probability FROM forecast_marks ORDER BY clock_id, quarter")
        )
        rows = [(row.broke, row.probability) for row in marks]
    scored = score(tally for _, tally in found)
    assert (scored.forecasts, scored.broke) == (8, 4)
    assert scored.brier == pytest.approx(sum((p - broke) ** 2 for broke, p in rows) / 8)
    assert {quarter for quarter, _ in found} == {0, 1, 2, 3}


async def test_a_reopening_unsettles_the_score(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1))
    await make_round(database)
    await stand_at(database, NINE + 2 * HOUR)
    await hear(database, HANDLERS, (said(TicketResolved, 1, NINE + 2 * HOUR), 2))
    await make_round(database)
    assert (await _scored(database)).forecasts == 1
    reopened = said(TicketReopened, 1, NINE + 3 * HOUR, reason="not solved")
    await stand_at(database, NINE + 3 * HOUR)
    await hear(database, HANDLERS, (reopened, 3))
    await make_round(database)
    assert (await _scored(database)).forecasts == 0
    await stand_at(database, NINE + 26 * HOUR)
    await make_round(database)
    await make_round(database)
    scored = await _scored(database)
    assert scored.forecasts == scored.broke > 1


async def test_the_open_ones_are_binned_in_sql_as_everywhere(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1))
    for seconds in (0, 1, 59, 60, 61, 3600, 20_000):
        await stand_at(database, NINE + timedelta(seconds=seconds))
        await make_round(database)
        async with database.transaction() as tx:
            await tx.execute(text(f"UPDATE forecasts SET counted_seconds = {seconds}"))
        assert len((await curves_of(database))[MAJOR].came) == bin_of(seconds) + 2


async def _scored(database: Database) -> Score:
    async with database.transaction() as tx:
        return score(
            t for _, t in await scores.tallies(tx, date(2026, 6, 1), date(2026, 6, 2), None)
        )

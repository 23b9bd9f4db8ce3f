"""Handling times: a clock that ended counts once, as it ended; an open one is censored."""

from datetime import datetime, timedelta

from sqlalchemy import text

from common.events.tickets import (
    TicketCustomerReplied,
    TicketMerged,
    TicketReopened,
    TicketReplied,
    TicketResolved,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.forecasts.domain.forecast import Forecast
from sla.forecasts.domain.probability import Curves
from sla.forecasts.domain.survival import bin_of
from sla.forecasts.store import forecasts, handling_times
from sla.handlers import HANDLERS
from sla_support.assertions import resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.forecast_scenario import handle_ticket, run_forecast_round

MONDAY = NINE + timedelta(days=7)
MAJOR = ("resolution", "major", "incident")


async def forecast_of(database: Database, number: int) -> Forecast:
    tracked = await resolution_clock(database, number)
    async with database.transaction() as tx:
        return (await forecasts.find_by_clocks(tx, [tracked.id]))[tracked.id]


async def curves_of(database: Database, at: datetime = MONDAY) -> Curves:
    async with database.transaction() as tx:
        return await handling_times.load_curves(tx, at)


async def test_handling_times_are_folded_once_and_as_they_were(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    for number, hours in ((1, 1), (2, 1), (3, 3)):
        await handle_ticket(database, number, hours * HOUR)
    await run_forecast_round(database)
    await run_forecast_round(database)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM handling_time_changes")) == 0
        found = await tx.execute(text("SELECT bin, stopped FROM handling_times ORDER BY bin"))
        assert list(found) == [(bin_of(3600), 2), (bin_of(3 * 3600), 1)]
    assert (await curves_of(database))[MAJOR].at_risk[0] == 3


async def test_a_reopened_ticket_takes_its_handling_time_back(database: Database) -> None:
    """C3: what took an hour at first took three in the end"""
    await promise(database, metrics=("resolution",))
    await handle_ticket(database, 1, HOUR)
    await run_forecast_round(database)
    reopened = ticket_event(TicketReopened, 1, NINE + 2 * HOUR, reason="not solved")
    again = ticket_event(TicketResolved, 1, NINE + 4 * HOUR)
    await freeze_time(database, NINE + 2 * HOUR)
    await deliver(database, HANDLERS, (reopened, 3))
    await run_forecast_round(database)
    assert (await forecast_of(database, 1)).open
    assert (await curves_of(database))[MAJOR].stopped[-1] == 0
    await freeze_time(database, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (again, 4))
    await run_forecast_round(database)
    curve = (await curves_of(database))[MAJOR]
    assert (curve.at_risk[0], curve.stopped[-1]) == (1, 1)
    assert curve.survival(2.5 * 3600) == 1
    assert not (await forecast_of(database, 1)).open


async def test_what_is_open_or_merged_is_censored(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await handle_ticket(database, 1, 2 * HOUR)
    await freeze_time(database, NINE)
    await deliver(database, HANDLERS, (ticket_opened(2), 1), (ticket_opened(3), 1))
    merged = ticket_event(
        TicketMerged, 2, NINE + HOUR, into_id=ticket_opened(3).ticket_id, into="OPS-3"
    )
    await freeze_time(database, NINE + 3 * HOUR)
    await deliver(database, HANDLERS, (merged, 2))
    await run_forecast_round(database)
    curve = (await curves_of(database))[MAJOR]
    assert (curve.at_risk[0], curve.stopped[-1]) == (3, 1)
    # One of the three was gone before two hours: of the two that came so far one stopped.
    assert curve.survival(2.2 * 3600) == 0.5


async def test_each_cycle_counts_for_itself(database: Database) -> None:
    """C1"""
    await promise(database, metrics=("next_reply", "update"))
    message = ticket_opened(1).ticket_id
    events = [
        (ticket_opened(1), 1),
        (ticket_event(TicketCustomerReplied, 1, NINE + HOUR, message_id=message), 2),
        (ticket_event(TicketReplied, 1, NINE + 2 * HOUR, message_id=message), 3),
        (ticket_event(TicketCustomerReplied, 1, NINE + 3 * HOUR, message_id=message), 4),
        (ticket_event(TicketReplied, 1, NINE + 5 * HOUR, message_id=message), 5),
    ]
    await freeze_time(database, NINE + 5 * HOUR)
    for event in events:
        await deliver(database, HANDLERS, event)
    await run_forecast_round(database)
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


async def test_the_open_ones_are_binned_in_sql_as_everywhere(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    for seconds in (0, 1, 59, 60, 61, 3600, 20_000):
        await freeze_time(database, NINE + timedelta(seconds=seconds))
        await run_forecast_round(database)
        async with database.transaction() as tx:
            await tx.execute(text(f"UPDATE forecasts SET elapsed_seconds = {seconds}"))
        assert len((await curves_of(database))[MAJOR].at_risk) == bin_of(seconds) + 2

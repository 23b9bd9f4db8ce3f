"""Forecasts and outcomes: one mark per quarter, settled once, and unsettled by a reopening."""

from datetime import date

import pytest
from sqlalchemy import text

from common.events.tickets import TicketReopened, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.forecasts.domain.score import Score, compute_score
from sla.forecasts.store import scores
from sla.handlers import HANDLERS
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.forecast_scenario import run_forecast_round


async def test_forecasts_are_scored_by_what_came(database: Database) -> None:
    """A mark at the first look and at each quarter; then the promise breaks, or is kept."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    for hours in (0, 0.5, 2, 4, 6.5):
        await freeze_time(database, NINE + hours * HOUR)
        await run_forecast_round(database)
    await freeze_time(database, NINE + 7 * HOUR)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 2, NINE + 7 * HOUR), 2))
    await freeze_time(database, NINE + 9 * HOUR)
    await run_forecast_round(database)
    async with database.transaction() as tx:
        found = await scores.list_tallies(tx, date(2026, 6, 1), date(2026, 6, 1), "resolution")
        marks = await tx.execute(
            text("SELECT breached, probability FROM forecast_marks ORDER BY clock_id, quarter")
        )
        rows = [(row.breached, row.probability) for row in marks]
    scored = compute_score(tally for _, tally in found)
    assert (scored.forecasts, scored.breached) == (8, 4)
    assert scored.brier == pytest.approx(sum((p - broke) ** 2 for broke, p in rows) / 8)
    assert {quarter for quarter, _ in found} == {0, 1, 2, 3}


async def test_a_reopening_unsettles_the_score(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await run_forecast_round(database)
    await freeze_time(database, NINE + 2 * HOUR)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + 2 * HOUR), 2))
    await run_forecast_round(database)
    assert (await _scored(database)).forecasts == 1
    reopened = ticket_event(TicketReopened, 1, NINE + 3 * HOUR, reason="not solved")
    await freeze_time(database, NINE + 3 * HOUR)
    await deliver(database, HANDLERS, (reopened, 3))
    await run_forecast_round(database)
    assert (await _scored(database)).forecasts == 0
    await freeze_time(database, NINE + 26 * HOUR)
    await run_forecast_round(database)
    await run_forecast_round(database)
    scored = await _scored(database)
    assert scored.forecasts == scored.breached > 1


async def _scored(database: Database) -> Score:
    async with database.transaction() as tx:
        return compute_score(
            t for _, t in await scores.list_tallies(tx, date(2026, 6, 1), date(2026, 6, 2), None)
        )

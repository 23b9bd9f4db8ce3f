"""What sla does when time has come: warnings and breaches, exactly once and never early (C8)."""

from collections.abc import Sequence
from datetime import datetime

from common.database import Connection
from common.deadlines import Due, Timer, Timers
from sla import capacity, expiring, forecasting, reminding, sealing, sweeping
from sla.budgets import KIND as BUDGET
from sla.budgets import on_budgets_due
from sla.clocks.tracked import fires
from sla.obligations import KIND as ACTION
from sla.obligations import on_actions_due
from sla.progress import KIND, go_on, rearm, timetables
from sla.reviewing import KIND as MONTH
from sla.reviewing import on_months_over
from sla.store import budgets, clocks, meetings, reviews, series, waivers


async def on_clocks_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Fire what is due of these clocks, whose rows are locked, and arm what comes next."""
    tracked = await clocks.load(tx, [one.subject for one in due])
    tables = await timetables(tx, tracked)
    changes = [fires(one, at, tables) for one in tracked]
    await go_on(tx, [c for c in changes if c.heard], at, blind=any(one.blind for one in due))
    await rearm(tx, [change.before for change in changes if not change.heard])


TIMERS: Timers = {
    KIND: Timer(clocks.lock, on_clocks_due, waits_for_consumer=True),
    sweeping.KIND: sweeping.TIMER,
    MONTH: Timer(reviews.lock_schedules, on_months_over, waits_for_consumer=True),
    ACTION: Timer(meetings.lock_actions, on_actions_due),
    BUDGET: Timer(budgets.lock, on_budgets_due, waits_for_consumer=True),
    capacity.KIND: Timer(series.lock, capacity.on_outlooks_due),
    forecasting.KIND: Timer(forecasting.lock, forecasting.on_forecast_due, periodic=True),
    sealing.KIND: Timer(sealing.lock, sealing.on_day_over, periodic=True),
    reminding.KIND: Timer(waivers.lock_free, expiring.on_waivers_due),
}

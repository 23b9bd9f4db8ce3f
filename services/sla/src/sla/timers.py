"""What sla does when time has come: warnings and breaches, exactly once and never early (C8)."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from sla.capacity import timers as capacity
from sla.capacity.store import series
from sla.clocks import bulk_updates as sweeping
from sla.clocks.commands import KIND, go_on, rearm, timetables
from sla.clocks.domain.ticket_clock import fires
from sla.clocks.store import clocks
from sla.forecasts import timers as forecasting
from sla.outages.downtime_budgets import KIND as BUDGET
from sla.outages.downtime_budgets import on_budgets_due
from sla.outages.store import budgets
from sla.punctuality import sealing
from sla.reviews.action_items import KIND as ACTION
from sla.reviews.action_items import on_actions_due
from sla.reviews.commands import KIND as MONTH
from sla.reviews.commands import on_months_over
from sla.reviews.store import meetings, reviews
from sla.waivers import deadlines as reminding
from sla.waivers import timers as expiring
from sla.waivers.store import waivers


async def on_clocks_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Fire what is due of these clocks, whose rows are locked, and arm what comes next."""
    tracked = await clocks.load(tx, [one.subject for one in due])
    tables = await timetables(tx, tracked)
    changes = [fires(one, at, tables) for one in tracked]
    await go_on(
        tx,
        [c for c in changes if c.heard],
        at,
        fired_without_events=any(one.fired_without_events for one in due),
    )
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

"""What sla does when time has come: warnings and breaches, exactly once and never early (C8)."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from sla.capacity import timers as capacity
from sla.capacity.store import series
from sla.clocks import bulk_updates
from sla.clocks.commands import DEADLINE_KIND, apply_changes, load_timetables, reschedule
from sla.clocks.domain.ticket_clock import fire_due
from sla.clocks.store import clocks
from sla.forecasts import timers as forecast_timers
from sla.outages.downtime_budgets import DEADLINE_KIND as BUDGET_KIND
from sla.outages.downtime_budgets import on_budgets_due
from sla.outages.store import budgets
from sla.punctuality import sealing
from sla.reviews.action_items import DEADLINE_KIND as ACTION_KIND
from sla.reviews.action_items import on_actions_due
from sla.reviews.commands import DEADLINE_KIND as MONTH_KIND
from sla.reviews.commands import on_months_over
from sla.reviews.store import meetings, reviews
from sla.waivers import deadlines as waiver_deadlines
from sla.waivers import timers as waiver_timers
from sla.waivers.store import waivers


async def on_clocks_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Fire what is due of these clocks, whose rows are locked, and arm what comes next."""
    ticket_clocks = await clocks.load(tx, [one.subject for one in due])
    tables = await load_timetables(tx, ticket_clocks)
    changes = [fire_due(one, at, tables) for one in ticket_clocks]
    await apply_changes(
        tx,
        [c for c in changes if c.steps],
        at,
        fired_without_events=any(one.fired_without_events for one in due),
    )
    await reschedule(tx, [change.before for change in changes if not change.steps])


TIMERS: Timers = {
    DEADLINE_KIND: Timer(clocks.lock_available, on_clocks_due, waits_for_consumer=True),
    bulk_updates.DEADLINE_KIND: bulk_updates.TIMER,
    MONTH_KIND: Timer(reviews.lock_available_schedules, on_months_over, waits_for_consumer=True),
    ACTION_KIND: Timer(meetings.lock_available_actions, on_actions_due),
    BUDGET_KIND: Timer(budgets.lock_available, on_budgets_due, waits_for_consumer=True),
    capacity.DEADLINE_KIND: Timer(series.lock_available, capacity.on_capacity_forecasts_due),
    forecast_timers.DEADLINE_KIND: Timer(
        forecast_timers.lock_available, forecast_timers.on_forecast_due, periodic=True
    ),
    sealing.DEADLINE_KIND: Timer(sealing.lock_available, sealing.on_day_over, periodic=True),
    waiver_deadlines.DEADLINE_KIND: Timer(waivers.lock_available, waiver_timers.on_waivers_due),
}

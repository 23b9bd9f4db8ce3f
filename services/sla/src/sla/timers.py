"""The timers by kind of deadline."""

from common.scheduling.deadlines import Timers
from sla.agreements import timers as agreements
from sla.agreements.commands import BULK_UPDATE_DEADLINE
from sla.agreements.endings import DEADLINE_KIND as ENDING_DEADLINE
from sla.calendars.commands import EFFECTIVE_DEADLINE as CALENDAR_DEADLINE
from sla.capacity import timers as capacity
from sla.capacity.commands import DEADLINE_KIND as CAPACITY_FORECAST_DEADLINE
from sla.clocks import timers as clocks
from sla.clocks.commands import DEADLINE_KIND as CLOCK_DEADLINE
from sla.forecasts import timers as forecasts
from sla.forecasts.timers import DEADLINE_KIND as FORECAST_DEADLINE
from sla.goals import timers as goals
from sla.goals.timers import DEADLINE_KIND as GOALS_DEADLINE
from sla.outages import timers as outages
from sla.outages.downtime_budgets import DEADLINE_KIND as BUDGET_DEADLINE
from sla.punctuality import timers as punctuality
from sla.punctuality.sealing import DEADLINE_KIND as SEALING_DEADLINE
from sla.reviews import timers as reviews
from sla.reviews.action_items import DEADLINE_KIND as ACTION_DEADLINE
from sla.reviews.commands import DEADLINE_KIND as MONTH_DEADLINE
from sla.waivers import timers as waivers
from sla.waivers.deadlines import DEADLINE_KIND as WAIVER_DEADLINE

TIMERS: Timers = {
    CLOCK_DEADLINE: clocks.CLOCK_FIRING,
    BULK_UPDATE_DEADLINE: clocks.BULK_UPDATE,
    CALENDAR_DEADLINE: agreements.CALENDAR_EFFECTIVE,
    ENDING_DEADLINE: agreements.ENDING,
    MONTH_DEADLINE: reviews.MONTH_OVER,
    ACTION_DEADLINE: reviews.ACTION_DUE,
    BUDGET_DEADLINE: outages.BUDGET,
    CAPACITY_FORECAST_DEADLINE: capacity.CAPACITY_FORECAST,
    FORECAST_DEADLINE: forecasts.FORECAST_ROUND,
    GOALS_DEADLINE: goals.GOALS,
    SEALING_DEADLINE: punctuality.DAY_OVER,
    WAIVER_DEADLINE: waivers.WAIVER,
}

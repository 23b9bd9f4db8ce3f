"""Downtime budgets: warnings while a part of the month's allowed downtime is left (R3).

A budget is that of one agreement, customer and month. It is checked when an outage of the customer
changes, and while one lasts, at the instant at which the next threshold is reached.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from common.domain.durations import SECOND
from common.events.outages import DowntimeBudgetThresholdReached
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from sla.agreements.store import agreements
from sla.outages.domain.availability import AgreedPeriod, Availability
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.domain.availability_month import next_month
from sla.outages.domain.downtime_budget import (
    WARNING_THRESHOLDS,
    reached_thresholds,
    threshold_reached_at,
)
from sla.outages.domain.outage import truncate_to_second
from sla.outages.domain.scope import AvailabilityQuery, Scope
from sla.outages.store import availability, budgets
from sla.outages.store.budgets import Budget

DEADLINE_KIND = "budget"
"""The kind of the deadline of the next check of a budget. Subject: the budget."""
MAX_WARNED_AGE = timedelta(days=400)
"""Older months cause no warnings; their figures are corrected nevertheless."""


async def schedule_budget_checks(
    tx: Connection, scope: Scope, start: datetime, end: datetime, at: datetime
) -> None:
    """Schedule a check of the budgets that an outage of the scope in `[start, end)` may have used.

    The check is not done here: the next event may already be the end of the outage. The timer waits
    for the consumer to catch up, and checks once after many alerts.
    """
    agreements_by_customer = await agreements.list_binding(tx, await _affected_customers(tx, scope))
    budget_keys = [
        (agreement, customer_id, day)
        for customer_id, several in agreements_by_customer.items()
        for agreement in sorted({one.key for one in several if one.availability is not None})
        for day in _possible_months(max(start, at - MAX_WARNED_AGE), end)
    ]
    locked = [await budgets.lock_or_insert(tx, *one) for one in sorted(budget_keys)]
    await schedule(tx, [Deadline(DEADLINE_KIND, budget.id, at) for budget in locked])


async def _affected_customers(tx: Connection, scope: Scope) -> Collection[UUID]:
    if scope.customer_id is not None:
        return [scope.customer_id]
    return await budgets.list_customer_ids(tx)


def _possible_months(start: datetime, end: datetime) -> Iterator[date]:
    """Yield the months that the interval may touch, in any time zone."""
    day, last = (start - timedelta(days=1)).date().replace(day=1), (end + timedelta(days=1)).date()
    while day <= last:
        yield day
        day = next_month(day)


async def check_budgets(tx: Connection, locked: Sequence[Budget], at: datetime) -> None:
    """Publish the thresholds that these locked budgets reached, and schedule the next checks."""
    for day in sorted({budget.month for budget in locked}):
        month_budgets = [budget for budget in locked if budget.month == day]
        # Loaded after the locks, all customers of a month at once.
        model = await availability.load_month(tx, {one.customer_id for one in month_budgets}, day)
        for budget in month_budgets:
            await _check_budget(tx, budget, model, at)


async def _check_budget(
    tx: Connection, budget: Budget, model: AvailabilityModel, at: datetime
) -> None:
    query = AvailabilityQuery(budget.customer_id, agreement=budget.agreement)
    period = model.month(query, budget.month)
    current = model.availability(query, period.start, period.end, at)
    agreed_periods = model.agreed_periods(
        model.agreement_intervals(query, period.start, period.end)
    )
    new_thresholds = [
        share for share in reached_thresholds(current) if share not in budget.warned_thresholds
    ]
    if new_thresholds:
        budget = await _emit_warnings(
            tx, budget, new_thresholds, (agreed_periods, current, model), at
        )
    next_at = _next_check_at(budget, model, query, at)
    await schedule(tx, [Deadline(DEADLINE_KIND, budget.id, next_at)])


async def _emit_warnings(
    tx: Connection,
    budget: Budget,
    new_thresholds: Sequence[float],
    context: tuple[Sequence[AgreedPeriod], Availability, AvailabilityModel],
    at: datetime,
) -> Budget:
    agreed_periods, current, model = context
    assert current.budget is not None
    assert current.promised_ratio is not None
    for threshold in new_thresholds:
        reached_at = threshold_reached_at(agreed_periods, current, threshold) or current.as_of
        budget = replace(
            budget,
            sequence=budget.sequence + 1,
            warned_thresholds=(*budget.warned_thresholds, threshold),
        )
        event = DowntimeBudgetThresholdReached(
            at=at,
            budget_id=budget.id,
            agreement=budget.agreement,
            customer_id=budget.customer_id,
            customer=model.customers[budget.customer_id].key,
            month=budget.month.isoformat(),
            threshold=threshold,
            reached_at=reached_at,
            promised=current.promised_ratio,
            budget_seconds=current.budget // SECOND,
            down_seconds=current.budget_downtime // SECOND,
        )
        await budgets.insert_warning(tx, budget, threshold, reached_at, at)
        await publish(tx, OutboxEvent(event, budget.sequence))
    return budget


def _next_check_at(
    budget: Budget, model: AvailabilityModel, query: AvailabilityQuery, at: datetime
) -> datetime | None:
    """Return when to check again; None while nothing is down.

    While something stays down: when it reaches the next threshold, at the latest at the end of the
    month, because the next month has its own budget.
    """
    period = model.month(query, budget.month)
    if at >= period.end or not model.is_down(query):
        return None
    agreed_periods = model.agreed_periods(
        model.agreement_intervals(query, period.start, period.end)
    )
    projected = model.availability(query, period.start, period.end, period.end)
    next_threshold = next(
        (share for share in WARNING_THRESHOLDS if share not in budget.warned_thresholds), None
    )
    threshold_at = next_threshold and threshold_reached_at(
        agreed_periods, projected, next_threshold
    )
    return _round_up_to_second(threshold_at) if threshold_at else period.end


def _round_up_to_second(at: datetime) -> datetime:
    """Return the end of the second in which `at` lies; a whole second stays as it is."""
    return at if at == truncate_to_second(at) else truncate_to_second(at) + SECOND

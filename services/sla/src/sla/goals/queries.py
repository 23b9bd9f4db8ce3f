"""The goals of a customer's agreements in a month, each in the agreement's own zone (C13)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.goals import Goal, cap_credits
from sla.calendars.domain.month import Month, Span, zone_or_utc
from sla.goals.domain.goal_result import (
    CreditTotal,
    GoalContext,
    GoalResult,
    PromiseCount,
    judge_availability,
    judge_promises,
)
from sla.goals.store import counts
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.domain.scope import AvailabilityQuery

USUAL_MONTHS = 3
"""The months before, whose average is the usual volume of a month."""


@dataclass(frozen=True, slots=True)
class MonthGoals:
    results: tuple[GoalResult, ...] = ()
    credits: tuple[CreditTotal, ...] = ()


async def load_goals(
    tx: Connection, model: AvailabilityModel, customer_id: UUID, month: Month, at: datetime
) -> MonthGoals:
    """The goals of the agreements that are made with the customer, in a month, as known at `at`.

    `model` has the month's outages and the customer's agreements. A goal is that of the version which
    held last in the month; promises count for every customer whom the agreement covers.
    """
    results: list[GoalResult] = []
    credits: list[CreditTotal] = []
    for agreement in agreements_with_goals(
        model.agreements.get(customer_id, ()), customer_id, month
    ):
        own = await judge_agreement(tx, model, agreement, month, at)
        results += own
        credits += _total(agreement, own)
    return MonthGoals(tuple(results), tuple(credits))


def agreements_with_goals(
    versions: Iterable[Agreement], customer_id: UUID, month: Month
) -> list[Agreement]:
    """The versions whose goals count: of each agreement of the customer that which held last, by key."""
    last: dict[str, Agreement] = {}
    for one in sorted(versions, key=lambda version: (version.valid_from, version.version)):
        span = month_of_agreement(one, month)
        ended_before = one.valid_until is not None and one.valid_until <= span.since
        if one.customer_id == customer_id and one.valid_from < span.until and not ended_before:
            last[one.key] = one
    return [one for _, one in sorted(last.items()) if one.goals]


def month_of_agreement(agreement: Agreement, month: Month) -> Span:
    return month.span(zone_or_utc(agreement.timezone))


async def judge_agreement(
    tx: Connection, model: AvailabilityModel, agreement: Agreement, month: Month, at: datetime
) -> list[GoalResult]:
    """The goals of one agreement, in the order in which they are agreed."""
    span = month_of_agreement(agreement, month)
    price = agreement.price
    context = GoalContext(
        agreement.key,
        at >= span.until,
        price.amount if price else None,
        price.currency if price else None,
    )
    promises = await counts.count_ended(tx, agreement.key, agreement.customers, span)
    earlier: Sequence[PromiseCount] = ()
    if not context.is_over:
        promises += await counts.count_pending(tx, agreement.key, agreement.customers, span)
        since = month_of_agreement(agreement, month.plus(-USUAL_MONTHS)).since
        before = Span(since, span.since)
        earlier = await counts.count_ended(tx, agreement.key, agreement.customers, before)
    return [
        judge_availability(one, context, _ratio(model, agreement, one, month, at))
        if one.metric == "availability"
        else judge_promises(one, context, promises, _usual_volume(one, earlier))
        for one in agreement.goals
    ]


def _usual_volume(goal: Goal, earlier: Iterable[PromiseCount]) -> int:
    """The average number of promises in a month before; what had none at all counts as a month, too."""
    covered = (one for one in earlier if goal.covers(one.metric, one.priority, one.service or None))
    return round(sum(one.compliance.total for one in covered) / USUAL_MONTHS)


def _ratio(
    model: AvailabilityModel, agreement: Agreement, goal: Goal, month: Month, at: datetime
) -> float | None:
    query = AvailabilityQuery(agreement.customer_id, service=goal.service, agreement=agreement.key)
    return model.availability_of_month(query, month.first, at).ratio


def _total(agreement: Agreement, results: Sequence[GoalResult]) -> list[CreditTotal]:
    amounts = [one.credit for one in results if one.credit is not None]
    if not amounts or agreement.price is None:
        return []
    price = agreement.price
    owed = cap_credits(amounts, price.amount, agreement.credit_cap_percent)
    return [CreditTotal(agreement.key, owed, sum(amounts, Decimal(0)), price.currency)]

"""HTTP in: the goals of a customer's agreements in a month, with service credits and error budgets."""

from typing import Annotated

from fastapi import Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import ResponseModel, Transaction, router
from common.persistence.database import transaction_time
from sla.calendars.domain.month import InvalidMonth, Month, month_of, parse_month, zone_or_utc
from sla.directory.dependencies import get_visible_customer
from sla.directory.store import customers
from sla.goals.domain.goal_result import CreditTotal, GoalResult
from sla.goals.queries import load_goals
from sla.outages.store import availability
from sla.path_parameters import CustomerRef

routes = router("/v1/customers", tags=["goals"])


class GoalsRead(ResponseModel):
    """The goals of a month. While it is not over in an agreement's zone, a goal is `on_track`, `at_risk`
    or `lost`, with its error `budget`; then it is `met`, `missed` or `none`. `credits`: what is owed by
    agreement, after its cap. Shares go from 0 to 1, amounts are decimal texts."""

    customer: str
    month: str
    goals: list[GoalResult]
    credits: list[CreditTotal]


@routes.get("/{customer}/goals")
async def list_goals(
    name: CustomerRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    month: Annotated[
        str | None, Query(max_length=20, description="2026-06; by default the present one.")
    ] = None,
) -> GoalsRead:
    """List the goals of the agreements with a customer in a month: how they stand, what is owed."""
    visible = await get_visible_customer(tx, name, caller)
    (customer,) = await customers.list_by_ids(tx, [visible.id])
    at = await transaction_time(tx)
    chosen = month_of(at, zone_or_utc(customer.timezone)) if month is None else _parse(month)
    model = await availability.load_month(tx, {customer.id}, chosen.first)
    stands = await load_goals(tx, model, customer.id, chosen, at)
    return GoalsRead(
        customer=customer.key,
        month=str(chosen),
        goals=list(stands.results),
        credits=list(stands.credits),
    )


def _parse(month: str) -> Month:
    try:
        return parse_month(month)
    except InvalidMonth as error:
        raise ValidationFailed([Violation("/query/month", "month", str(error))]) from None

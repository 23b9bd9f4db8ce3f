"""Warns of goals that are about to be missed in the present month, or can no longer be met (R3)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from common.events.goals import GoalAtRisk, GoalEvent, GoalLost
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.calendars.domain.month import Month, month_of, zone_or_utc
from sla.directory.store import customers
from sla.directory.store.customers import CustomerProfile
from sla.goals.domain.goal_result import GoalResult
from sla.goals.queries import agreements_with_goals, judge_agreement
from sla.goals.store import warnings
from sla.goals.store.warnings import WarnedState
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.store import availability

EVENTS: Final[dict[WarnedState, type[GoalEvent]]] = {"at_risk": GoalAtRisk, "lost": GoalLost}


async def warn_of_goals(tx: Connection, at: datetime) -> None:
    """Judge the goals of all agreements in the present month of each, and publish what is new."""
    ids = await warnings.list_customers(tx, at)
    model = await availability.load_month(tx, ids, at.date())
    for customer in await customers.list_by_ids(tx, ids):
        versions = model.agreements.get(customer.id, ())
        months = {month_of(at, zone_or_utc(one.timezone)) for one in versions}
        for month in sorted(months):
            for agreement in agreements_with_goals(versions, customer.id, month):
                if month_of(at, zone_or_utc(agreement.timezone)) == month:
                    await _warn(tx, model, (customer, agreement), month, at)


async def _warn(
    tx: Connection,
    model: AvailabilityModel,
    agreed: tuple[CustomerProfile, Agreement],
    month: Month,
    at: datetime,
) -> None:
    customer, agreement = agreed
    for result in await judge_agreement(tx, model, agreement, month, at):
        if result.state not in ("at_risk", "lost"):
            continue
        state: WarnedState = result.state
        added = await warnings.add(tx, (agreement.key, month, result.goal), state, at)
        if added is not None:
            id, sequence = added
            event = _event(EVENTS[state], id, customer, (month, result), at)
            await publish(tx, OutboxEvent(event, sequence))


def _event(
    kind: type[GoalEvent],
    id: UUID,
    customer: CustomerProfile,
    stands: tuple[Month, GoalResult],
    at: datetime,
) -> GoalEvent:
    month, result = stands
    return kind(
        at=at,
        goal_id=id,
        agreement=result.agreement,
        customer_id=customer.id,
        customer=customer.key,
        month=str(month),
        goal=result.goal,
        target=result.target,
        share=result.share,
        met=result.met,
        broken=result.broken,
        allowed=None if result.budget is None else result.budget.allowed,
        burn_rate=None if result.budget is None else result.budget.burn_rate,
    )

"""What happens when time runs out: for a debt, and for a request that waited too long."""

from collections.abc import Sequence
from datetime import datetime

from common.events.deliveries import DeliveryExpired, EnvironmentDebtOverdue
from common.messaging.outbox import publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import (
    APPROVAL_TIMEOUT,
    DEBT,
    SYSTEM_SUB,
    Actor,
    CommandContext,
    save_step,
)
from delivery_gate.deliveries.domain.delivery import WAITING_STATES, close_waiting
from delivery_gate.deliveries.store import deliveries
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import mark_overdue

SYSTEM = Actor(SYSTEM_SUB)


async def on_debts_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A debt nobody paid in time is told to those who escalate (G8)."""
    for one in due:
        environment = await environments.lock(tx, one.subject)
        overdue = mark_overdue(environment, at)
        debt = overdue.debt
        if debt is None or overdue == environment:
            continue
        stored, event = events.environment_event(
            EnvironmentDebtOverdue,
            overdue,
            at,
            emergency_id=debt.change_id,
            emergency=debt.change,
            due_at=debt.due_at,
            fired_at=at,
        )
        await environments.save(tx, stored)
        await publish(tx, event)
        context = CommandContext(tx, stored, SYSTEM, at)
        await context.audit(
            "environment.debt_overdue", f"environment/{stored.id}", change=debt.change
        )


async def on_approval_timeout(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A request that waited for longer than the criteria allow expires; it may be made again."""
    for one in due:
        delivery = await deliveries.lock(tx, one.subject)
        if delivery.state not in WAITING_STATES:
            continue
        environment = await environments.get_of_delivery(tx, delivery.id)
        context = CommandContext(tx, environment, SYSTEM, at)
        expired = close_waiting(delivery, "expired", at)
        await save_step(context, expired, DeliveryExpired, "delivery.expire")


TIMERS: Timers = {
    DEBT: Timer(environments.lock_available, on_debts_due),
    APPROVAL_TIMEOUT: Timer(deliveries.lock_available, on_approval_timeout),
}

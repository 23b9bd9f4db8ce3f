"""What happens when time runs out: for a debt, and for a request that waited too long."""

from collections.abc import Sequence
from datetime import datetime

from common.events.deliveries import DeliveryExpired, EnvironmentDebtOverdue
from common.messaging.outbox import announce
from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import DEBT, ITSELF, PATIENCE, By, Scene, record
from delivery_gate.deliveries.domain.delivery import WAITING, set_aside
from delivery_gate.deliveries.store import deliveries
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import mark_overdue

NOBODY = By(ITSELF)


async def on_debts_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A debt nobody paid in time is told to those who escalate (G8)."""
    for one in due:
        environment = await environments.lock(tx, one.subject)
        overdue = mark_overdue(environment, at)
        debt = overdue.debt
        if debt is None or overdue == environment:
            continue
        kept, told = events.of_environment(
            EnvironmentDebtOverdue,
            overdue,
            at,
            emergency_id=debt.change_id,
            emergency=debt.change,
            due_at=debt.due_at,
            fired_at=at,
        )
        await environments.save(tx, kept)
        await announce(tx, told)
        scene = Scene(tx, kept, NOBODY, at)
        await scene.note("environment.debt_overdue", f"environment/{kept.id}", change=debt.change)


async def on_patience_ended(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A request that waited for longer than the criteria allow expires; it may be made again."""
    for one in due:
        delivery = await deliveries.lock(tx, one.subject)
        if delivery.state not in WAITING:
            continue
        environment = await environments.of_delivery(tx, delivery.id)
        scene = Scene(tx, environment, NOBODY, at)
        expired = set_aside(delivery, "expired", at)
        await record(scene, expired, DeliveryExpired, "delivery.expire")


TIMERS: Timers = {
    DEBT: Timer(environments.lock_free, on_debts_due),
    PATIENCE: Timer(deliveries.lock_free, on_patience_ended),
}

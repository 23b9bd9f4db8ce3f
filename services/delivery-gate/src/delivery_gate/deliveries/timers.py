"""The deadline of a request that waits for too long."""

from collections.abc import Sequence
from datetime import datetime

from common.events.deliveries import DeliveryExpired
from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from delivery_gate.command_context import SYSTEM
from delivery_gate.deliveries.commands import save_step
from delivery_gate.deliveries.domain.delivery import WAITING_STATES, close_waiting
from delivery_gate.deliveries.store import deliveries
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext


async def on_approval_timeout(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Let requests expire that waited for longer than the criteria allow; each may be submitted
    again."""
    existing = await deliveries.list_existing(tx, [deadline.subject for deadline in due])
    for deadline in due:
        if deadline.subject not in existing:
            continue
        delivery = await deliveries.lock(tx, deadline.subject)
        if delivery.state not in WAITING_STATES:
            continue
        environment_id = await deliveries.get_environment_id(tx, delivery.id)
        environment = await environments.get(tx, environment_id)
        context = EnvironmentContext(tx, SYSTEM, at, environment)
        expired = close_waiting(delivery, "expired", at)
        await save_step(context, expired, DeliveryExpired, "delivery.expire")

"""Publish the state of every delivery again, for new subscribers and after a restore."""

from typing import Final
from uuid import UUID

from common.events.deliveries import DeliveryKnown
from common.messaging.outbox import publish
from common.persistence.database import Connection, Database
from delivery_gate.deliveries.events import delivery_event
from delivery_gate.deliveries.store import deliveries
from delivery_gate.environments import store as environments

PAGE_SIZE: Final = 500


async def publish_all(database: Database) -> int:
    """Publish every delivery with a new sequence. Returns the number of events.

    Each in a transaction of its own: environments are locked before their deliveries.
    """
    total = 0
    after: UUID | None = None
    while True:
        async with database.transaction() as tx:
            ids = await deliveries.list_ids(tx, after, PAGE_SIZE)
        for id in ids:
            async with database.transaction() as tx:
                await _publish(tx, id)
        if not ids:
            return total
        after, total = ids[-1], total + len(ids)


async def _publish(tx: Connection, id: UUID) -> None:
    environment = await environments.lock(tx, await deliveries.get_environment_id(tx, id))
    delivery = await deliveries.lock(tx, id)
    changed_at = delivery.ended_at or delivery.started_at or delivery.requested_at
    announced, event = delivery_event(DeliveryKnown, delivery, environment, changed_at, None)
    await deliveries.save(tx, announced)
    await publish(tx, event)

"""Commands of agreements: order a change of all their open clocks."""

from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from sla.agreements.store import bulk_update_orders as bulk_updates
from sla.agreements.store.bulk_update_orders import BulkUpdate

BULK_UPDATE_DEADLINE = "bulk_update"
"""The kind of deadline at which `sla.clocks` carries out the next batch. Subject: the order."""


async def order_bulk_update(tx: Connection, bulk_update: BulkUpdate) -> None:
    """Store the order and schedule its first batch, which is due at once."""
    await bulk_updates.add(tx, bulk_update)
    await schedule(tx, [Deadline(BULK_UPDATE_DEADLINE, bulk_update.id, bulk_update.decided_at)])

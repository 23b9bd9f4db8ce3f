"""Publish the catalogue again, for a service that has to know it and has not heard of it."""

from typing import Final

from common.messaging.outbox import publish
from common.persistence.database import Database, transaction_time
from sla.catalogue.events import to_event
from sla.catalogue.store import catalogue

BATCH_SIZE: Final = 200
"""Services that one transaction of `publish_all` announces."""


async def publish_all(database: Database) -> int:
    """Publish every service again with a new sequence. The number of events."""
    total, after = 0, None
    while True:
        async with database.transaction() as tx:
            await catalogue.lock(tx)
            services = await catalogue.advance_sequences(tx, after, BATCH_SIZE)
            at = await transaction_time(tx)
            await publish(tx, *(to_event(service, at) for service in services))
        if not services:
            return total
        after, total = services[-1].key, total + len(services)

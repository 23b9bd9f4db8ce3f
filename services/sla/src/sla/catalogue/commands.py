"""Publish the whole catalogue again, for new subscribers and after a restore."""

from dataclasses import replace
from typing import Final

from common.messaging.outbox import publish
from common.persistence.database import Database
from sla.catalogue.events import catalogued_event
from sla.catalogue.store import catalogue

BATCH_SIZE: Final = 200
"""Services that one transaction of `publish_all` announces."""


async def publish_all(database: Database) -> int:
    """Publish every service with a new sequence, retired ones too. Returns the number of events."""
    total = 0
    after: tuple[str] | None = None
    while True:
        async with database.transaction() as tx:
            await catalogue.lock(tx)
            services = (await catalogue.page(tx, None, BATCH_SIZE, after))[:BATCH_SIZE]
            await catalogue.advance_sequences(tx, [one.service_id for one in services])
            announced = [replace(one, sequence=one.sequence + 1) for one in services]
            await publish(tx, *map(catalogued_event, announced))
        if not services:
            return total
        after, total = (services[-1].key,), total + len(services)

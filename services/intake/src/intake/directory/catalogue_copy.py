"""Whether intake's own copy of sla's catalogue can say that a service does not exist."""

from typing import Final

from sqlalchemy import text

from common.events.catalogue import ServiceCatalogued
from common.messaging.consumed_offsets import read_offsets
from common.messaging.consumer import Consumer
from common.persistence.database import Database

CATCH_UP_TIMEOUT_S: Final = 1.0
"""Seconds that a new ticket waits for services that were announced and are not stored yet."""

_IS_WHOLE = text(
    """
    SELECT EXISTS (SELECT FROM services)
        AND NOT EXISTS (SELECT FROM parked WHERE source = :source)
        AND NOT EXISTS (SELECT FROM inbox WHERE source = :source AND dead_at IS NOT NULL)
    """
)


async def is_catalogue_current(database: Database, consumer: Consumer | None) -> bool:
    """Whether every service that sla announced until now is stored, and there is one.

    False at once while events are known to wait, or Kafka does not answer. `consumer` is None where no
    loops run.
    """
    if consumer is not None and not await _has_caught_up(database, consumer):
        return False
    async with database.transaction(all_rows=True) as tx:
        return bool(await tx.scalar(_IS_WHOLE, {"source": ServiceCatalogued.source}))


async def _has_caught_up(database: Database, consumer: Consumer) -> bool:
    topic = ServiceCatalogued.topic
    if consumer.trouble is not None or consumer.is_behind(topics=(topic,)):
        return False
    return await consumer.is_current(
        topic, None, CATCH_UP_TIMEOUT_S, lambda: read_offsets(database)
    )

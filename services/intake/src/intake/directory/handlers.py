"""Events about services, which sla's catalogue announces."""

from common.events.catalogue import ServiceCatalogued
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from common.persistence.upsert import upsert_newer
from intake.directory.tables import services


async def on_service(tx: Connection, received: ReceivedEvent[ServiceCatalogued]) -> None:
    """Store the service: tickets may name it from now on (I5)."""
    event = received.event
    row = {
        "id": event.service_id,
        "key": event.service,
        "sold_to": event.sold_to,
        "retired": event.retired,
        "sequence": received.sequence,
    }
    await upsert_newer(tx, services, row)

"""Events about versions."""

from common.events.deliveries import VersionRegistered
from common.messaging.outbox import OutboxEvent
from delivery_gate.versions.domain import Version


def version_event(version: Version) -> OutboxEvent:
    """The only event of a version: that it was registered."""
    payload = VersionRegistered(
        at=version.registered_at,
        version_id=version.id,
        product=version.product,
        version=version.name,
        digest=version.digest,
        by=version.registered_by,
    )
    return OutboxEvent(payload, 1)

"""A receiver hears that a sender was restored: it lists what it knows and the sender does not."""

from collections.abc import Mapping

from common.events.envelope import Event, ReceivedEvent
from common.events.restored import HistoryRestored
from common.messaging.inbox import Handler, for_each
from common.persistence.database import Connection
from common.restoration import store
from common.restoration.lost_events import LostHistory
from common.telemetry import logger

log = logger(__name__)


async def on_history_restored(tx: Connection, received: ReceivedEvent[HistoryRestored]) -> None:
    """List the subject. What took effect here stays: what is to become of it, people decide."""
    event = received.event
    lost = LostHistory(
        event.restored_subject,
        event.topic,
        event.exists,
        event.stored_sequence,
        event.published_sequence,
        event.record_key,
        event.name,
    )
    log.warning("sender.restored", source=received.source, subject=received.subject)
    await store.add(tx, received.source, lost, received.sequence)


def restored_handlers(*events: type[HistoryRestored]) -> Mapping[type[Event], Handler]:
    """Return the rows of a service's table of handlers, for the topics that it reads anyway."""
    return {event: for_each(on_history_restored) for event in events}

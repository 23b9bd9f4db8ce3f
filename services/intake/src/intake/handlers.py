"""Kafka in: which event is handled by what."""

from typing import Final

from common.events.catalogue import ServiceCatalogued
from common.events.clocks import (
    ClockCancelled,
    ClockDeadlineChanged,
    ClockMet,
    ClockMissed,
    ClockPaused,
    ClockResumed,
    ClockStarted,
)
from common.events.restored import CatalogueHistoryRestored, ClockHistoryRestored
from common.messaging.inbox import Handlers, for_each
from common.restoration.handlers import restored_handlers
from intake.directory.handlers import on_service
from intake.queue import handlers as queue

HANDLERS: Final[Handlers] = {
    ServiceCatalogued: for_each(on_service),
    ClockStarted: queue.on_clocks_measuring,
    ClockPaused: queue.on_clocks_measuring,
    ClockResumed: queue.on_clocks_measuring,
    ClockDeadlineChanged: queue.on_deadlines_changed,
    ClockMet: queue.on_clocks_ended,
    ClockMissed: queue.on_clocks_ended,
    ClockCancelled: queue.on_clocks_ended,
    **restored_handlers(CatalogueHistoryRestored, ClockHistoryRestored),
}

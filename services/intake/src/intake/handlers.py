"""Kafka in: which event is handled by what."""

from typing import Final

from common.events.catalogue import ServiceCatalogued
from common.events.restored import CatalogueHistoryRestored
from common.messaging.inbox import Handlers, for_each
from common.restoration.handlers import restored_handlers
from intake.directory.handlers import on_service

HANDLERS: Final[Handlers] = {
    ServiceCatalogued: for_each(on_service),
    **restored_handlers(CatalogueHistoryRestored),
}

"""Kafka in: which event is handled by what."""

from typing import Final

from common.events.catalogue import ServiceCatalogued
from common.events.deliveries import (
    DeliveryApproved,
    DeliveryDeferred,
    DeliveryExpired,
    DeliveryKnown,
    DeliveryReadyForReview,
    DeliveryRefused,
    DeliveryRolledBack,
    DeliveryRolledOut,
    DeliveryStarted,
    DeliverySubmitted,
    DeliverySuperseded,
    DeliveryVerified,
    DeliveryWithdrawn,
)
from common.events.restored import CatalogueHistoryRestored, DeliveryHistoryRestored
from common.messaging.inbox import Handlers, for_each
from common.restoration.handlers import restored_handlers
from intake.change_requests.handlers import on_delivery
from intake.directory.handlers import on_service

HANDLERS: Final[Handlers] = {
    ServiceCatalogued: for_each(on_service),
    DeliverySubmitted: for_each(on_delivery),
    DeliveryReadyForReview: for_each(on_delivery),
    DeliveryApproved: for_each(on_delivery),
    DeliveryRefused: for_each(on_delivery),
    DeliveryDeferred: for_each(on_delivery),
    DeliveryStarted: for_each(on_delivery),
    DeliveryRolledOut: for_each(on_delivery),
    DeliveryVerified: for_each(on_delivery),
    DeliveryRolledBack: for_each(on_delivery),
    DeliverySuperseded: for_each(on_delivery),
    DeliveryWithdrawn: for_each(on_delivery),
    DeliveryExpired: for_each(on_delivery),
    DeliveryKnown: for_each(on_delivery),
    **restored_handlers(CatalogueHistoryRestored, DeliveryHistoryRestored),
}

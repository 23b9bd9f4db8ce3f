"""Kafka in: which event is handled by what."""

from typing import Final

from common.events.agreements import AgreementProposed, AgreementRevised, AgreementWithdrawn
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
from common.events.outages import (
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceMoved,
    OutageCorrected,
    OutageEnded,
    OutageStarted,
)
from common.events.restored import (
    CatalogueHistoryRestored,
    ClockHistoryRestored,
    DeliveryHistoryRestored,
)
from common.messaging.inbox import Handlers, chain, for_each
from common.restoration.handlers import restored_handlers
from intake.change_requests.handlers import on_delivery
from intake.directory.handlers import on_service
from intake.notices.handlers import (
    on_agreement_proposed,
    on_agreement_taken_back,
    on_delivery_step,
    on_maintenance_announced,
    on_maintenance_cancelled,
    on_maintenance_moved,
    on_outage,
)
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
    DeliverySubmitted: for_each(on_delivery),
    DeliveryReadyForReview: for_each(on_delivery),
    DeliveryApproved: for_each(on_delivery),
    DeliveryRefused: for_each(on_delivery),
    DeliveryDeferred: for_each(on_delivery),
    DeliveryStarted: chain(for_each(on_delivery), for_each(on_delivery_step)),
    DeliveryRolledOut: for_each(on_delivery),
    DeliveryVerified: chain(for_each(on_delivery), for_each(on_delivery_step)),
    DeliveryRolledBack: chain(for_each(on_delivery), for_each(on_delivery_step)),
    DeliverySuperseded: for_each(on_delivery),
    DeliveryWithdrawn: for_each(on_delivery),
    DeliveryExpired: for_each(on_delivery),
    DeliveryKnown: for_each(on_delivery),
    MaintenanceAnnounced: for_each(on_maintenance_announced),
    MaintenanceMoved: for_each(on_maintenance_moved),
    MaintenanceCancelled: for_each(on_maintenance_cancelled),
    AgreementProposed: for_each(on_agreement_proposed),
    AgreementRevised: for_each(on_agreement_taken_back),
    AgreementWithdrawn: for_each(on_agreement_taken_back),
    OutageStarted: for_each(on_outage),
    OutageEnded: for_each(on_outage),
    OutageCorrected: for_each(on_outage),
    **restored_handlers(CatalogueHistoryRestored, DeliveryHistoryRestored, ClockHistoryRestored),
}

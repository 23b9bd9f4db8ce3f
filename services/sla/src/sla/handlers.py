"""Kafka in: which event goes to which handler."""

from common.events.deliveries import (
    DeliveryApproved,
    DeliveryDeferred,
    DeliveryExpired,
    DeliveryRefused,
    DeliveryReviewable,
    DeliveryRolledBack,
    DeliveryRolledOut,
    DeliveryStarted,
    DeliverySubmitted,
    DeliverySuperseded,
    DeliveryVerified,
    DeliveryWithdrawn,
)
from common.events.directory import ContactKnown, CustomerKnown, EnvironmentKnown, PartnerKnown
from common.events.tickets import (
    AlertEnded,
    AlertRaised,
    BlockerLifted,
    BlockerRaised,
    TicketAssigned,
    TicketCustomerReplied,
    TicketForwarded,
    TicketHandedBack,
    TicketMerged,
    TicketOpened,
    TicketPrioritised,
    TicketReclassified,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketResumed,
    TicketTriaged,
    TicketWaiting,
    TicketWorkedAround,
)
from common.messaging.inbox import Handlers, each, in_turn
from sla.clocks.handlers.ticket_inputs import assigned, hear, replied, resumed, waiting
from sla.clocks.handlers.tickets import (
    on_forwarded,
    on_merged,
    on_opened,
    on_prioritised,
    on_reclassified,
    on_triaged,
)
from sla.directory.handlers import on_contact, on_customer, on_environment, on_partner
from sla.outages.handlers import (
    on_alert_ended,
    on_alert_raised,
    on_blocker_lifted,
    on_blocker_raised,
    on_corrected_down,
    on_opened_down,
)
from sla.reports.handlers import turns_to
from sla.reviews.handlers import on_delivery

HANDLERS: Handlers = {
    TicketOpened: in_turn(on_opened, on_opened_down),
    TicketTriaged: each(on_triaged),
    TicketPrioritised: each(on_prioritised),
    TicketReclassified: in_turn(each(on_reclassified), each(on_corrected_down)),
    TicketAssigned: hear(assigned),
    TicketForwarded: each(on_forwarded),
    TicketHandedBack: hear("handed_back"),
    TicketReplied: hear(replied),
    TicketCustomerReplied: hear("customer_replied"),
    TicketWaiting: hear(waiting),
    TicketResumed: hear(resumed),
    TicketWorkedAround: hear("worked_around"),
    TicketResolved: in_turn(turns_to("resolved"), hear("resolved")),
    TicketRejected: in_turn(turns_to("rejected"), hear("reopened")),
    TicketReopened: in_turn(turns_to("reopened"), hear("reopened")),
    TicketMerged: in_turn(turns_to("merged"), each(on_merged)),
    BlockerRaised: each(on_blocker_raised),
    BlockerLifted: each(on_blocker_lifted),
    AlertRaised: each(on_alert_raised),
    AlertEnded: each(on_alert_ended),
    ContactKnown: each(on_contact),
    CustomerKnown: each(on_customer),
    EnvironmentKnown: each(on_environment),
    PartnerKnown: each(on_partner),
    DeliverySubmitted: each(on_delivery),
    DeliveryReviewable: each(on_delivery),
    DeliveryApproved: each(on_delivery),
    DeliveryRefused: each(on_delivery),
    DeliveryDeferred: each(on_delivery),
    DeliveryStarted: each(on_delivery),
    DeliveryRolledOut: each(on_delivery),
    DeliveryVerified: each(on_delivery),
    DeliveryRolledBack: each(on_delivery),
    DeliverySuperseded: each(on_delivery),
    DeliveryWithdrawn: each(on_delivery),
    DeliveryExpired: each(on_delivery),
}
"""`verified` and `closed` change nothing about a clock (C3), so nobody here listens to them."""

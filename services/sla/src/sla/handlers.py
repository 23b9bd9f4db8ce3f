"""The handlers of received events."""

from common.auth import persons
from common.auth.revocation import on_customer_ended, on_tokens_revoked
from common.erasure import on_ticket_erased
from common.events.alerts import AlertRaised, AlertResolved, AlertWorsened
from common.events.change_requests import ChangeRequestBooked, ChangeRequestEstimated
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
from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    EnvironmentKnown,
    PartnerKnown,
    PersonKnown,
    TeamKnown,
    TokensRevoked,
)
from common.events.erasures import TicketErased
from common.events.restored import (
    DeliveryHistoryRestored,
    DirectoryHistoryRestored,
    TicketHistoryRestored,
)
from common.events.ticket_links import TicketUnmerged
from common.events.ticket_tags import TicketTagged
from common.events.tickets import (
    BlockerLifted,
    BlockerRaised,
    TicketAssigned,
    TicketClosed,
    TicketCustomerReplied,
    TicketForwarded,
    TicketHandedBack,
    TicketMerged,
    TicketOnHold,
    TicketOpened,
    TicketPrioritised,
    TicketReclassified,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketResumed,
    TicketTriaged,
    TicketVerified,
    TicketWorkaroundProvided,
)
from common.messaging.inbox import Handlers, chain, for_each
from common.restoration.handlers import restored_handlers
from sla.agreements.handlers import on_commenting_contact
from sla.clocks.handlers.merges import on_merged, on_unmerged
from sla.clocks.handlers.opening import on_opened
from sla.clocks.handlers.tags import on_tagged
from sla.clocks.handlers.ticket_facts import on_opened_facts, on_ticket_facts
from sla.clocks.handlers.ticket_inputs import (
    as_input,
    input_of_assignment,
    input_of_hold,
    input_of_reopening,
    input_of_reply,
    input_of_resume,
)
from sla.clocks.handlers.tickets import (
    on_erased,
    on_forwarded,
    on_prioritised,
    on_reclassified,
    on_triaged,
)
from sla.directory.handlers import (
    on_contact,
    on_customer,
    on_environment,
    on_partner,
    on_person,
    on_team,
)
from sla.outages.handlers import (
    on_alert_worsened,
    on_alerts_raised,
    on_alerts_resolved,
    on_blocker_lifted,
    on_blocker_raised,
    on_blocker_reclassified,
    on_blocker_ticket_opened,
)
from sla.reports.handlers import record_state_change
from sla.reviews.handlers import on_customer as schedule_reviews_of_customer
from sla.reviews.handlers import on_delivery, on_delivery_known, on_reviewed_ticket_erased
from sla.time_entries.handlers import on_change_booked, on_change_estimated

HANDLERS: Handlers = {
    TicketOpened: chain(on_opened, on_opened_facts, on_blocker_ticket_opened),
    TicketTriaged: chain(on_ticket_facts, for_each(on_triaged)),
    TicketPrioritised: for_each(on_prioritised),
    TicketTagged: for_each(on_tagged),
    TicketReclassified: chain(for_each(on_reclassified), for_each(on_blocker_reclassified)),
    TicketAssigned: chain(on_ticket_facts, as_input(input_of_assignment)),
    TicketForwarded: chain(on_ticket_facts, for_each(on_forwarded)),
    TicketHandedBack: chain(on_ticket_facts, as_input("handed_back")),
    TicketReplied: as_input(input_of_reply),
    TicketCustomerReplied: as_input("customer_replied"),
    TicketOnHold: chain(on_ticket_facts, as_input(input_of_hold)),
    TicketResumed: chain(on_ticket_facts, as_input(input_of_resume)),
    TicketWorkaroundProvided: as_input("workaround_provided"),
    TicketResolved: chain(on_ticket_facts, record_state_change("resolved"), as_input("resolved")),
    TicketVerified: on_ticket_facts,
    TicketRejected: chain(
        on_ticket_facts, record_state_change("rejected"), as_input("reopened_by_us")
    ),
    TicketClosed: on_ticket_facts,
    TicketReopened: chain(
        on_ticket_facts, record_state_change("reopened"), as_input(input_of_reopening)
    ),
    TicketMerged: chain(record_state_change("merged"), for_each(on_merged), on_ticket_facts),
    TicketUnmerged: chain(record_state_change("unmerged"), for_each(on_unmerged), on_ticket_facts),
    TicketErased: chain(
        for_each(on_reviewed_ticket_erased), for_each(on_erased), for_each(on_ticket_erased)
    ),
    ChangeRequestBooked: for_each(on_change_booked),
    ChangeRequestEstimated: for_each(on_change_estimated),
    BlockerRaised: for_each(on_blocker_raised),
    BlockerLifted: for_each(on_blocker_lifted),
    AlertRaised: on_alerts_raised,
    AlertWorsened: for_each(on_alert_worsened),
    AlertResolved: on_alerts_resolved,
    ContactKnown: chain(
        for_each(on_contact), for_each(on_commenting_contact), for_each(persons.on_contact)
    ),
    CustomerKnown: chain(
        for_each(on_customer),
        for_each(schedule_reviews_of_customer),
        for_each(on_customer_ended),
    ),
    EnvironmentKnown: for_each(on_environment),
    PartnerKnown: for_each(on_partner),
    PersonKnown: chain(for_each(on_person), for_each(persons.on_person)),
    TeamKnown: for_each(on_team),
    TokensRevoked: for_each(on_tokens_revoked),
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
    DeliveryKnown: for_each(on_delivery_known),
    **restored_handlers(TicketHistoryRestored, DirectoryHistoryRestored, DeliveryHistoryRestored),
}
"""`verified` and `closed` change no clock (C3)."""

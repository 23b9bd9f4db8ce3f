"""Which event is handled by what."""

from typing import Final

from common.auth import persons
from common.auth.revocation import on_customer_ended, on_tokens_revoked
from common.erasure import on_ticket_erased
from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    EnvironmentKnown,
    PersonKnown,
    TokensRevoked,
)
from common.events.erasures import TicketErased
from common.events.restored import DirectoryHistoryRestored, TicketHistoryRestored
from common.events.tickets import BlockerConfirmed, BlockerLifted, BlockerRaised, TicketKnown
from common.messaging.inbox import Handlers, chain, for_each
from common.restoration.handlers import restored_handlers
from delivery_gate.deliveries.handlers import on_environment_ended
from delivery_gate.directory.handlers import on_contact_known, on_person_known
from delivery_gate.emergencies.handlers import (
    on_blocker_confirmed,
    on_blocker_lifted,
    on_blocker_raised,
    on_ticket_known,
)
from delivery_gate.environments.handlers import on_environment_known
from delivery_gate.follow_ups import handlers as follow_ups

HANDLERS: Final[Handlers] = {
    CustomerKnown: for_each(on_customer_ended),
    EnvironmentKnown: chain(for_each(on_environment_known), for_each(on_environment_ended)),
    ContactKnown: chain(for_each(on_contact_known), for_each(persons.on_contact)),
    PersonKnown: chain(for_each(on_person_known), for_each(persons.on_person)),
    TokensRevoked: for_each(on_tokens_revoked),
    BlockerRaised: for_each(on_blocker_raised),
    BlockerConfirmed: for_each(on_blocker_confirmed),
    BlockerLifted: chain(for_each(on_blocker_lifted), for_each(follow_ups.on_blocker_lifted)),
    TicketKnown: for_each(on_ticket_known),
    TicketErased: for_each(on_ticket_erased),
    **restored_handlers(TicketHistoryRestored, DirectoryHistoryRestored),
}

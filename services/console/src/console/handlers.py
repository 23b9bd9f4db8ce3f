"""Kafka in: the console keeps no facts, so it only hears whom it has to forget, and whom to refuse."""

from typing import Final

from common.auth.revocation import on_customer_ended
from common.erasure import on_ticket_erased
from common.events.directory import ContactKnown, CustomerKnown
from common.events.erasures import TicketErased
from common.events.restored import DirectoryHistoryRestored, TicketHistoryRestored
from common.messaging.inbox import Handlers, chain, for_each
from common.restoration.handlers import restored_handlers
from console.drafts import handlers as drafts

HANDLERS: Final[Handlers] = {
    CustomerKnown: for_each(on_customer_ended),
    ContactKnown: for_each(drafts.on_contact_known),
    TicketErased: chain(for_each(drafts.on_ticket_erased), for_each(on_ticket_erased)),
    **restored_handlers(TicketHistoryRestored, DirectoryHistoryRestored),
}

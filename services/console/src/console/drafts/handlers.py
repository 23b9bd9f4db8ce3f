"""Erasure reaches drafts: on a ticket that has lost its words, and about a contact who is gone."""

from common.events.directory import ContactKnown
from common.events.envelope import ReceivedEvent
from common.events.erasures import TicketErased
from common.persistence.database import Connection
from console.drafts import store as drafts


async def on_ticket_erased(tx: Connection, received: ReceivedEvent[TicketErased]) -> None:
    await drafts.erase_ticket(tx, received.event.ticket)


async def on_contact_known(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    if received.event.erased:
        await drafts.erase_contact(tx, received.event.contact_id)

"""Split a ticket: the new one with copies of the messages, linked to it, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.audit import JSON
from common.domain import Actor, Rejection
from common.events.tickets import TicketCustomerReplied, TicketReplied
from common.messaging.outbox import publish
from common.persistence.database import Connection
from intake.directory.inherited import inherited_environment
from intake.links.commands import link_tickets
from intake.splits.domain import SplitRequest, check_split, ticket_request, written_since
from intake.tickets.commands import audit_rejection, open_ticket, save_change
from intake.tickets.copies import check_all_found, copy_messages
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec, to_outbox_events
from intake.tickets.store import tickets


async def split_ticket(
    tx: Connection,
    source: Ticket,
    request: SplitRequest,
    asked: Sequence[UUID],
    actor: Actor,
    at: datetime,
) -> Ticket | Rejection:
    """Open the ticket that is split from a locked one; `asked` are the ids of the messages to copy.

    Raises ValidationFailed where one of them is not on the ticket.
    """
    check_all_found(source, request.chosen, asked)
    if rejection := check_split(source, request):
        await audit_rejection(tx, source, actor, at, "ticket.split", rejection)
        return rejection
    wanted = ticket_request(source, request, await _scope(tx, source))
    new = await open_ticket(tx, wanted, actor, at)
    copies = await copy_messages(tx, source, request.chosen, asked, new.id)
    new = await _tell_what_was_written(tx, new, written_since(copies, new.opened_at))
    linked = await link_tickets(tx, new, "split_from", source, actor, at)
    assert not isinstance(linked, Rejection), "a new ticket has no links that could be in the way"
    grounds: dict[str, JSON] = {"into": new.key, "messages": [str(id) for id in asked]}
    await save_change(tx, source, source, actor, at, "ticket.split", grounds=grounds)
    return linked.of


async def _tell_what_was_written(
    tx: Connection, ticket: Ticket, copies: Sequence[Message]
) -> Ticket:
    """Publish what was written since the opening, at the moments at which it was: clocks count by that."""
    for one in copies:
        event = TicketCustomerReplied if one.direction == "inbound" else TicketReplied
        spec = event_spec(event, message_id=one.id)
        ticket, outbox_events = to_outbox_events(ticket, ticket, one.author, one.at, [spec])
        await publish(tx, *outbox_events)
    await tickets.save(tx, ticket)
    return ticket


async def _scope(tx: Connection, source: Ticket) -> TicketScope:
    environment = await inherited_environment(tx, source.environment)
    assert source.customer_id is not None, "it is not in triage"
    assert source.customer is not None, "it is not in triage"
    return TicketScope(source.customer_id, source.customer, environment)

"""Take what a contact says about a resolved ticket; open the ticket that goes on after a closed one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.audit import JSON
from common.domain import Actor, Rejection
from common.events.customer_voices import TicketFeedbackGiven
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.directory.inherited import inherited_environment
from intake.directory.store import CUSTOMERS
from intake.feedback import store
from intake.feedback.domain import (
    NOT_SOLVED,
    Consequence,
    Feedback,
    check_feedback,
    consequence_of,
    follow_on_request,
)
from intake.links import store as links
from intake.links.commands import link_tickets
from intake.tickets.commands import (
    audit_rejection,
    open_ticket,
    record_customer_reply,
    save_change,
)
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Channel, Ticket
from intake.tickets.events import event_spec
from intake.tickets.store import messages


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a contact says: whether it was solved, a rating from 1 to 5, and words."""

    solved: bool
    rating: int | None
    comment: str | None


async def give_feedback(
    tx: Connection,
    ticket: Ticket,
    opinion: Opinion,
    actor: Actor,
    contact_id: UUID | None,
    at: datetime,
) -> tuple[Feedback, Consequence, Ticket] | Rejection:
    """Store it on a locked ticket, and do what follows; the last one is the ticket on which it goes on."""
    if rejection := check_feedback(ticket):
        await audit_rejection(tx, ticket, actor, at, "ticket.feedback", rejection)
        return rejection
    consequence = consequence_of(ticket, solved=opinion.solved, at=at)
    words = opinion.comment or (NOT_SOLVED if consequence == "reopened" else None)
    message = None
    if words is not None and consequence != "follow_on":
        message = await _add_words(tx, ticket, words, actor, at)
    feedback = Feedback(
        id=uuid7(),
        ticket_id=ticket.id,
        solved=opinion.solved,
        rating=opinion.rating,
        message_id=None if message is None else message.id,
        given_by=actor.sub,
        given_at=at,
    )
    await store.add(tx, feedback)
    ticket = await _announce(tx, ticket, feedback, actor, at)
    if consequence == "follow_on":
        words = opinion.comment or NOT_SOLVED
        return feedback, consequence, await open_follow_on(tx, ticket, words, actor, contact_id, at)
    if consequence == "reopened" and message is not None:
        ticket = await record_customer_reply(tx, ticket, message.id, actor, at)
    return feedback, consequence, ticket


async def open_follow_on(
    tx: Connection,
    ticket: Ticket,
    text: str,
    actor: Actor,
    contact_id: UUID | None,
    at: datetime,
    *,
    channel: Channel = "portal",
) -> Ticket:
    """Open the ticket that goes on after a locked one that was closed too long ago, linked to it."""
    scope = await _inherited_scope(tx, ticket)
    contact_id = None if scope is None else contact_id
    request = follow_on_request(ticket, text, scope, contact_id, channel)
    new = await open_ticket(tx, request, actor, at)
    return await link_follow_on(tx, new, ticket, actor, at)


async def _inherited_scope(tx: Connection, ticket: Ticket) -> TicketScope | None:
    """Whose ticket it is; None for triage, where nobody knew it, or the customer was ended."""
    customer = None if ticket.customer is None else await CUSTOMERS.find(tx, ticket.customer)
    if customer is None or customer.retired:
        return None
    environment = await inherited_environment(tx, ticket.environment)
    return TicketScope(customer.id, customer.key, environment)


async def link_follow_on(
    tx: Connection, new: Ticket, before: Ticket, actor: Actor, at: datetime
) -> Ticket:
    """Link a new ticket to the closed one after which it goes on; the new one with its sequence."""
    await links.lock_kind(tx, "follows")
    linked = await link_tickets(tx, new, "follows", before, actor, at)
    assert not isinstance(linked, Rejection), "a new ticket has no links that could be in the way"
    return linked.of


async def _add_words(
    tx: Connection, ticket: Ticket, words: str, actor: Actor, at: datetime
) -> Message:
    message = Message(uuid7(), ticket.id, "public", "inbound", actor.sub, words, at)
    return await messages.add(tx, message)


async def _announce(
    tx: Connection, ticket: Ticket, feedback: Feedback, actor: Actor, at: datetime
) -> Ticket:
    event = event_spec(TicketFeedbackGiven, solved=feedback.solved, rating=feedback.rating)
    grounds: dict[str, JSON] = {"solved": feedback.solved, "rating": feedback.rating}
    return await save_change(
        tx, ticket, ticket, actor, at, "ticket.feedback", event, grounds=grounds
    )

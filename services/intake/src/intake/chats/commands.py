"""Store a chat as a ticket with its whole dialogue, or what is new of one that goes on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.domain import Actor
from common.events.tickets import TicketReplied
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.chats import store
from intake.chats.domain.transcript import Chat, ChatLine, Side, last_turns, new_lines
from intake.directory.domain.parties import Contact
from intake.feedback.commands import open_follow_on
from intake.feedback.going_on import lock_going_on, of_same_customer
from intake.tickets.commands import open_ticket, record_customer_reply, save_change
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketRequest
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.store import messages, tickets


@dataclass(frozen=True, slots=True)
class ReceivedChat:
    """The ticket of a chat after it was received, and how many of its lines were new."""

    ticket: Ticket
    added: int
    is_new: bool


async def receive(
    tx: Connection,
    chat: Chat,
    named: Contact | None,
    request: Callable[[], Awaitable[TicketRequest]],
    actor: Actor,
) -> ReceivedChat:
    """Store what is new of a chat; `named` is who it says speaks.

    `request` gives what its ticket is opened with, if it has none yet, or raises what it raises. One that has a
    ticket is not asked again: what it named may have been ended since, and its words are taken all the same.
    """
    ticket_id = await store.lock(tx, chat)
    if ticket_id is None:
        ticket = await open_ticket(tx, await request(), actor, await transaction_time(tx))
        await store.add(tx, chat, ticket.id)
    else:
        ticket = await tickets.lock_survivor(tx, ticket_id)
    lines = new_lines(chat.lines, await store.known_lines(tx, chat))
    contact = _contact(named, ticket)
    at = await transaction_time(tx)
    is_new = ticket_id is None
    if not is_new and (words := _customers_words(lines)):
        ticket, is_new = await _go_on(tx, ticket, words, contact, actor, at)
    stored = await _add(tx, ticket, lines, contact)
    await store.add_lines(tx, chat, {key: message.id for key, message in stored.items()})
    for side, key in last_turns(lines):
        # What opened the ticket is told by its opening.
        if not (is_new and side == "customer"):
            ticket = await _announce(tx, ticket, side, stored[key], actor, at)
    return ReceivedChat(ticket, len(lines), is_new)


def _contact(named: Contact | None, ticket: Ticket) -> UUID | None:
    """Who speaks: whoever is named, else the ticket's contact; nobody known where another customer's is named."""
    if named is None:
        return ticket.contact_id
    return named.id if named.customer_id == ticket.customer_id else None


def _customers_words(lines: list[tuple[str, ChatLine]]) -> str | None:
    """What the customer said first of these lines; None where only our side spoke."""
    return next((line.text for _, line in lines if line.side == "customer"), None)


async def _go_on(
    tx: Connection,
    ticket: Ticket,
    words: str,
    contact: UUID | None,
    actor: Actor,
    at: datetime,
) -> tuple[Ticket, bool]:
    """The ticket on which the customer's words go on, and whether it was opened for them."""
    going_on = await lock_going_on(tx, ticket, at, of_same_customer(ticket, actor))
    if going_on is not None:
        return going_on, False
    return await open_follow_on(tx, ticket, words, actor, contact, at, channel="chat"), True


async def _add(
    tx: Connection, ticket: Ticket, lines: list[tuple[str, ChatLine]], contact: UUID | None
) -> dict[str, Message]:
    """The new lines as messages on the ticket, by their keys. Nobody gets them by mail once more."""
    account = None if contact is None else f"contact/{contact}"
    stored = {}
    for key, line in lines:
        message = Message(
            id=uuid7(),
            ticket_id=ticket.id,
            visibility="public",
            direction=line.direction,
            author=line.author(account),
            text=line.text,
            at=line.at,
            automatic=line.speaker == "bot",
        )
        stored[key] = await messages.add(tx, message, is_read_elsewhere=True)
    return stored


async def _announce(
    tx: Connection, ticket: Ticket, side: Side, message: Message, actor: Actor, at: datetime
) -> Ticket:
    """Publish that one of our people answered, or that the customer wrote on."""
    if side == "customer":
        return await record_customer_reply(tx, ticket, message.id, actor, at)
    spec = event_spec(TicketReplied, message_id=message.id)
    grounds = {"message_id": str(message.id), "person": message.author}
    return await save_change(
        tx, ticket, ticket, actor, at, "ticket.chat_reply", spec, grounds=grounds
    )

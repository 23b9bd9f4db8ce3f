"""Apply what a linked system posted: once, and never back to where it came from."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from common.domain import Actor
from common.erasure import ERASED
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.feedback.commands import open_follow_on
from intake.feedback.going_on import lock_going_on, of_same_customer
from intake.linked_tickets.commands import add_note, take_along
from intake.linked_tickets.domain.link import (
    Conflict,
    LinkedSystem,
    LinkedTicket,
    is_copy,
    is_file_copy,
    marked_message,
    receive,
)
from intake.linked_tickets.domain.notes import note_on_changes, note_on_reopening
from intake.linked_tickets.domain.peer import MAX_FILES, Incoming, event_digest
from intake.linked_tickets.domain.peers import OVER, PEERS
from intake.linked_tickets.store import links, receipts, sends
from intake.linked_tickets.store.receipts import Receipt, ReceiptOutcome
from intake.linked_tickets.webhook_body import storable_text
from intake.tickets.commands import record_customer_reply, save_change
from intake.tickets.domain.attachment import Attachment
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages, tickets

MAX_RAW_CHARS = 64_000
MAX_COMMENT_CHARS = 100_000
MAX_NAME_CHARS = 200
_FILE_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


async def receive_webhook(
    tx: Connection, system: LinkedSystem, body: object, raw: bytes
) -> ReceiptOutcome:
    """Apply one webhook. One that came before has no effect; what is not understood is stored as it came."""
    incoming = PEERS[system.kind].read_webhook(body) if isinstance(body, dict) else None
    incoming = None if incoming is None else _bounded(incoming)
    event = (incoming and incoming.event) or event_digest(raw)
    link = None if incoming is None else await links.find_remote(tx, system.id, incoming.ticket)
    if incoming is None or link is None:
        outcome: ReceiptOutcome = "unreadable" if incoming is None else "unknown_ticket"
        at = await transaction_time(tx)
        words = storable_text(raw.decode("utf-8", "replace"))[:MAX_RAW_CHARS]
        remote = None if incoming is None else incoming.ticket[:MAX_NAME_CHARS]
        await receipts.add(tx, Receipt(uuid7(), system.id, event, at, outcome, None, remote, words))
        return outcome
    # Order of locks: ticket, link.
    ticket = await tickets.lock_survivor(tx, link.ticket_id)
    locked = await links.lock(tx, link.id)
    assert locked is not None, "links are never deleted"
    at = await transaction_time(tx)
    is_own = await _is_own(tx, locked, incoming)
    outcome = "own" if is_own else "applied"
    is_new = await receipts.add(tx, Receipt(uuid7(), system.id, event, at, outcome, ticket.id))
    if is_new:
        await _apply_values(tx, ticket, locked, system, incoming, at)
        if incoming.comment and not is_own:
            await _apply_comment(tx, ticket, locked, system, incoming, at)
        await _queue_files(tx, locked, system, incoming)
    return outcome


async def _queue_files(
    tx: Connection, link: LinkedTicket, system: LinkedSystem, incoming: Incoming
) -> None:
    """Let the files that it names be fetched, each once, where files come from there at all."""
    if not system.fields.max_file_bytes:
        return
    for file in incoming.files[:MAX_FILES]:
        if _FILE_ID.fullmatch(file.id):
            name, author = file.name[:MAX_NAME_CHARS], (file.author or "")[:MAX_NAME_CHARS]
            await sends.add_fetch(tx, link.id, replace(file, name=name, author=author))


def _bounded(incoming: Incoming) -> Incoming:
    """The same with values that are none of ours cut, and a digest for an event's name that no index takes."""
    values = {name: value[:MAX_NAME_CHARS] for name, value in incoming.values.items()}
    event = incoming.event
    if event is not None and len(event) > MAX_NAME_CHARS:
        event = event_digest(event.encode())
    return replace(incoming, values=values, event=event)


async def _is_own(tx: Connection, link: LinkedTicket, incoming: Incoming) -> bool:
    """Whether a comment is one of ours that comes back, or carried a file; not where somebody only quotes ours."""
    id = None if incoming.comment is None else marked_message(incoming.comment)
    if id is None or incoming.comment is None:
        return False
    sent = await sends.find_sent_text(tx, link.id, id)
    if sent is not None and (sent == ERASED or is_copy(incoming.comment, sent)):
        return True
    names = await sends.list_sent_files(tx, link.id, id)
    return any(is_file_copy(incoming.comment, name) for name in names)


async def _apply_values(
    tx: Connection,
    ticket: Ticket,
    link: LinkedTicket,
    system: LinkedSystem,
    incoming: Incoming,
    at: datetime,
) -> None:
    """Store what their side has now, tell staff, and hold what both sides changed for a decision."""
    waits = await sends.is_waiting(tx, link.id)
    over = OVER[system.kind]
    received = receive(link, system.fields, over, ticket, incoming, waits)
    if not received.changes:
        return
    await links.save(tx, replace(link, known=received.known))
    for name, (ours, theirs) in received.conflicts.items():
        await links.add_conflict(tx, Conflict(uuid7(), link.id, name, ours, theirs, at))
    words = note_on_changes(system.key, link.remote_key, received.changes)
    if received.is_reopened:
        words += f"\n{note_on_reopening(link.id)}"
    elif received.conflicts:
        words += (
            "\nBoth sides changed it: decide which holds with POST"
            f" /v1/linked-tickets/{link.id}/conflicts/{{conflict}}/decide."
        )
    await add_note(tx, ticket, words, at)
    grounds = {
        "link_id": str(link.id),
        "changes": {name: to for name, (_, to) in received.changes.items()},
    }
    await save_change(
        tx, ticket, ticket, Actor(system.author), at, "ticket.link_changed", grounds=grounds
    )


async def _apply_comment(
    tx: Connection,
    ticket: Ticket,
    link: LinkedTicket,
    system: LinkedSystem,
    incoming: Incoming,
    at: datetime,
) -> None:
    """Add a comment to the ticket: of a customer's system as their words, else as a note among staff."""
    by = f"{incoming.author}: " if incoming.author else ""
    words = f"{by}{incoming.comment}"
    await add_their_message(tx, ticket, link, system, words, at, is_public=incoming.is_public)


async def add_their_message(
    tx: Connection,
    ticket: Ticket,
    link: LinkedTicket,
    system: LinkedSystem,
    words: str,
    at: datetime,
    *,
    is_public: bool,
    attached: tuple[Attachment, ...] = (),
) -> Message:
    """Add what was written or attached there to the locked ticket of the locked link, as `_apply_comment` says.

    What a customer says on one that was closed for good goes on, on the ticket that follows it, and so does
    the link: what is answered there reaches them.
    """
    is_customers = system.party == "customer" and is_public
    actor = Actor(system.author)
    words = words[:MAX_COMMENT_CHARS]
    is_new = False
    if is_customers:
        before = ticket.id
        ticket, is_new = await _go_on(tx, ticket, words, actor, at)
        if ticket.id != before:
            link = await take_along(tx, link, ticket, system, actor, at)
    message = Message(
        id=uuid7(),
        ticket_id=ticket.id,
        visibility="public" if is_customers else "internal",
        direction="inbound" if is_customers else "outbound",
        author=system.author,
        text=words,
        at=at,
        attachments=attached,
    )
    await messages.add(tx, message)
    await links.add_message(tx, message.id, link)
    if is_new:  # its opening tells of it
        return message
    if is_customers:
        await record_customer_reply(tx, ticket, message.id, actor, at)
    else:
        grounds = {"message_id": str(message.id)}
        await save_change(tx, ticket, ticket, actor, at, "ticket.partner_comment", grounds=grounds)
    return message


async def _go_on(
    tx: Connection, ticket: Ticket, words: str, actor: Actor, at: datetime
) -> tuple[Ticket, bool]:
    """The ticket on which a customer's words go on, and whether it was opened for them."""
    going_on = await lock_going_on(tx, ticket, at, of_same_customer(ticket, actor))
    if going_on is not None:
        return going_on, False
    return await open_follow_on(tx, ticket, words, actor, ticket.contact_id, at), True

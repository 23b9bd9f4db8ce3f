"""A kept mail becomes a message on a ticket, a new ticket, or nothing (J1).

Called when a mail arrives, and again by its deadline when that failed half way: whatever happens,
a mail that was kept is understood once, or stays armed and seen.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.events.tickets import TicketCustomerReplied, TicketReopened, TicketResumed
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.directory import store as directory
from intake.directory.domain.environment import choose_environment
from intake.mail import store as mails
from intake.mail.domain.auto_reply import automatic_reason
from intake.mail.domain.mail import Mail, parse_mail
from intake.mail.domain.thread import Sender, find_ticket, thread_ids, ticket_keys_in
from intake.mail.mail_text import extract_reply, safe_html
from intake.mail.store import StoredMail
from intake.tickets.commands import Actor, event_spec, save_change, save_new
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import author_of, build_ticket, request_from_mail
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.transitions import on_customer_reply
from intake.tickets.store import messages, tickets

RETRY_KIND = "mail"
"""The deadline of a mail that nobody has understood yet."""


async def process(tx: Connection, mail_id: UUID) -> StoredMail:
    """Give a kept mail its place. One that has its place already stays there."""
    stored = await mails.lock(tx, mail_id)
    if stored.outcome != "received":
        return stored
    mail = await asyncio.to_thread(parse_mail, stored.raw)
    if reason := automatic_reason(mail):
        processed = replace(stored, outcome="ignored", reason=reason)
    else:
        processed = await _assign_to_ticket(tx, stored, mail)
    await mails.set_outcome(tx, processed)
    await schedule(tx, [Deadline(RETRY_KIND, stored.id, None)])
    return processed


async def _assign_to_ticket(tx: Connection, stored: StoredMail, mail: Mail) -> StoredMail:
    ids = thread_ids(mail)
    await mails.lock_thread(tx, ids)
    sender = await directory.find_sender(tx, mail.sender)
    by_key = await tickets.by_keys(tx, ticket_keys_in(mail.subject))
    existing = find_ticket(mail, sender, await mails.tickets_of(tx, ids), by_key)
    text = await asyncio.to_thread(extract_reply, mail)
    if existing is None:
        ticket = await _open_ticket(tx, stored, mail, sender, text)
    else:
        ticket = await _join_ticket(tx, existing, stored, mail, sender, text)
    await mails.add_to_thread(tx, ids, ticket.id)
    return replace(
        stored,
        outcome="joined" if existing else "opened",
        reason="; ".join(mail.defects) or None,
        ticket_id=ticket.id,
    )


async def _open_ticket(
    tx: Connection, stored: StoredMail, mail: Mail, sender: Sender, text: str
) -> Ticket:
    """A known contact's mail is a ticket of their customer; anybody else's waits for triage."""
    at = await transaction_time(tx)
    contact = await directory.CONTACTS.find(tx, mail.sender) if mail.sender else None
    environments = await directory.list_environments(tx, contact.customer_id) if contact else ()
    ticket = build_ticket(
        request_from_mail(mail, text),
        uuid7(),
        await tickets.next_number(tx),
        author_of(sender),
        stored.received_at,
        customer=(contact.customer_id, contact.customer) if contact else None,
        environment=choose_environment(environments, mail.subject, text),
        contact_id=sender.contact_id,
        reporter=None if contact else mail.sender,
    )
    ticket = await save_new(
        tx, ticket, None, Actor(author_of(sender), via_machine=stored.received_by), at
    )
    await messages.add(tx, _build_message(ticket, stored, mail, sender, text))
    return ticket


async def _join_ticket(
    tx: Connection, existing: Ticket, stored: StoredMail, mail: Mail, sender: Sender, text: str
) -> Ticket:
    before = await tickets.lock_survivor(tx, existing.id)
    at = await transaction_time(tx)
    message = _build_message(before, stored, mail, sender, text)
    await messages.add(tx, message)
    if message.direction == "inbound":
        actor = Actor(author_of(sender), via_machine=stored.received_by)
        return await record_customer_reply(tx, before, message.id, actor, at)
    return before


async def record_customer_reply(
    tx: Connection, before: Ticket, message_id: UUID, actor: Actor, at: datetime
) -> Ticket:
    """Tell that the customer wrote; a ticket that waited for them goes on, a done one reopens."""
    after = on_customer_reply(before)
    events = [event_spec(TicketCustomerReplied, message_id=message_id)]
    if after.state != before.state:
        resumed = event_spec(TicketResumed, waited_on=before.waiting_on)
        events.append(event_spec(TicketReopened) if after.state == "reopened" else resumed)
    return await save_change(
        tx,
        before,
        after,
        actor,
        at,
        "ticket.customer_reply",
        *events,
        grounds={"message_id": str(message_id)},
    )


def _build_message(
    ticket: Ticket, stored: StoredMail, mail: Mail, sender: Sender, text: str
) -> Message:
    """Staff who answer a thread by mail leave an internal note: what customers read is written here."""
    return Message(
        id=uuid7(),
        ticket_id=ticket.id,
        visibility="internal" if sender.staff else "public",
        direction="outbound" if sender.staff else "inbound",
        author=author_of(sender),
        text=text,
        html=safe_html(mail.html),
        at=stored.received_at,
        mail_id=stored.id,
        attachments=mail.attachments,
    )

"""A kept mail becomes a message on a ticket, a new ticket, or nothing (J1).

Called when a mail arrives, and again by its deadline when that failed half way: whatever happens,
a mail that was kept is understood once, or stays armed and seen.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.events.tickets import TicketCustomerReplied, TicketReopened, TicketResumed
from common.persistence.database import Connection, moment
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, arm
from intake.directory import store as directory
from intake.directory.domain.environment import meant
from intake.mail import store as mails
from intake.mail.domain.auto_reply import why_automatic
from intake.mail.domain.mail import Mail, read_mail
from intake.mail.domain.thread import Sender, home_of, keys_in, thread_ids
from intake.mail.mail_text import safe_html, said
from intake.mail.store import KeptMail
from intake.tickets.commands import By, fact, record, record_new
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import asked_by_mail, author_of, opened
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.transitions import customer_spoke
from intake.tickets.store import messages, tickets

UNREAD = "mail"
"""The deadline of a mail that nobody has understood yet."""


async def understand(tx: Connection, mail_id: UUID) -> KeptMail:
    """Give a kept mail its place. One that has its place already stays there."""
    kept = await mails.lock(tx, mail_id)
    if kept.outcome != "received":
        return kept
    mail = await asyncio.to_thread(read_mail, kept.raw)
    if reason := why_automatic(mail):
        settled = replace(kept, outcome="ignored", reason=reason)
    else:
        settled = await _place(tx, kept, mail)
    await mails.settle(tx, settled)
    await arm(tx, [Deadline(UNREAD, kept.id, None)])
    return settled


async def _place(tx: Connection, kept: KeptMail, mail: Mail) -> KeptMail:
    ids = thread_ids(mail)
    await mails.lock_thread(tx, ids)
    sender = await directory.sender(tx, mail.sender)
    by_key = await tickets.by_keys(tx, keys_in(mail.subject))
    home = home_of(mail, sender, await mails.tickets_of(tx, ids), by_key)
    text = await asyncio.to_thread(said, mail)
    if home is None:
        ticket = await _open(tx, kept, mail, sender, text)
    else:
        ticket = await _join(tx, home, kept, mail, sender, text)
    await mails.add_to_thread(tx, ids, ticket.id)
    return replace(
        kept,
        outcome="joined" if home else "opened",
        reason="; ".join(mail.defects) or None,
        ticket_id=ticket.id,
    )


async def _open(tx: Connection, kept: KeptMail, mail: Mail, sender: Sender, text: str) -> Ticket:
    """A known contact's mail is a ticket of their customer; anybody else's waits for triage."""
    at = await moment(tx)
    contact = await directory.CONTACTS.find(tx, mail.sender) if mail.sender else None
    known = await directory.environments_of(tx, contact.customer_id) if contact else ()
    ticket = opened(
        asked_by_mail(mail, text),
        uuid7(),
        await tickets.next_number(tx),
        author_of(sender),
        kept.received_at,
        customer=(contact.customer_id, contact.customer) if contact else None,
        environment=meant(known, mail.subject, text),
        contact_id=sender.contact_id,
        reporter=None if contact else mail.sender,
    )
    ticket = await record_new(tx, ticket, None, By(author_of(sender), behind=kept.received_by), at)
    await messages.add(tx, _message(ticket, kept, mail, sender, text))
    return ticket


async def _join(
    tx: Connection, home: Ticket, kept: KeptMail, mail: Mail, sender: Sender, text: str
) -> Ticket:
    before = await tickets.lock_survivor(tx, home.id)
    at = await moment(tx)
    message = _message(before, kept, mail, sender, text)
    await messages.add(tx, message)
    if message.direction == "inbound":
        by = By(author_of(sender), behind=kept.received_by)
        return await customer_replied(tx, before, message.id, by, at)
    return before


async def customer_replied(
    tx: Connection, before: Ticket, message_id: UUID, by: By, at: datetime
) -> Ticket:
    """Tell that the customer wrote; a ticket that waited for them goes on, a done one reopens."""
    after = customer_spoke(before)
    facts = [fact(TicketCustomerReplied, message_id=message_id)]
    if after.state != before.state:
        resumed = fact(TicketResumed, waited_on=before.waiting_on)
        facts.append(fact(TicketReopened) if after.state == "reopened" else resumed)
    return await record(
        tx,
        before,
        after,
        by,
        at,
        "ticket.customer_reply",
        *facts,
        grounds={"message_id": str(message_id)},
    )


def _message(ticket: Ticket, kept: KeptMail, mail: Mail, sender: Sender, text: str) -> Message:
    """Staff who answer a thread by mail leave an internal note: what customers read is written here."""
    return Message(
        id=uuid7(),
        ticket_id=ticket.id,
        visibility="internal" if sender.staff else "public",
        direction="outbound" if sender.staff else "inbound",
        author=author_of(sender),
        text=text,
        html=safe_html(mail.html),
        at=kept.received_at,
        mail_id=kept.id,
        attachments=mail.attachments,
    )

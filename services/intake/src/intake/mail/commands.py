"""Process a stored mail into a message on a ticket, a new ticket, or nothing (J1).

This happens when the mail arrives, and again (`rereading`) if that failed: a stored mail is
processed exactly once, or `GET /v1/emails?outcome=received` shows it. A mail
that cannot be read is processed as far as its beginning goes, and staff are told on its ticket.
"""

from dataclasses import replace
from typing import Final

from common.domain import Actor
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.directory import store as directory
from intake.feedback.commands import link_follow_on
from intake.feedback.going_on import lock_going_on
from intake.mail import store as mails
from intake.mail.domain.auto_reply import automatic_reason, may_have_receipt
from intake.mail.domain.environment_choice import choose_environment
from intake.mail.domain.history import Answer
from intake.mail.domain.mail import Mail, has_date
from intake.mail.domain.mail_ticket import author_of, request_from_mail
from intake.mail.domain.thread import Sender, find_ticket, thread_ids, ticket_keys_in
from intake.mail.domain.who_wrote import find_doubt, reported
from intake.mail.partner_mails import join_partner_mail, with_hand_overs
from intake.mail.reading import ReadMail, note_on_missing
from intake.mail.senders import find_sender
from intake.mail.store import NextStep, Outcome, StoredMail
from intake.tickets.commands import open_ticket, record_customer_reply
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages, priority_matrices, tickets

NO_SENDER: Final = "its From header names nobody, several people, or cannot be read"


async def process(tx: Connection, stored: StoredMail, read: ReadMail) -> StoredMail:
    """Process a mail as it was stored and read, unless that was done before. The mail with its outcome."""
    if await mails.is_processed(tx, stored.id):
        return await mails.lock(tx, stored.id)
    return await _process(tx, stored, read)


async def open_held_back(tx: Connection, stored: StoredMail, read: ReadMail) -> StoredMail:
    """Open a ticket for a mail that was held back as a machine's, and is locked (I2)."""
    processed = await _open_for(tx, stored, read, await _judge_sender(tx, stored, read.mail))
    await mails.set_outcome(tx, processed)
    return processed


async def _process(tx: Connection, stored: StoredMail, read: ReadMail) -> StoredMail:
    stored = replace(
        stored,
        sender=read.mail.sender,
        sender_name=read.mail.sender_name,
        subject=read.mail.subject,
        authentication=reported(read.mail, stored.gateway),
    )
    if (reason := automatic_reason(read.mail)) and not await _is_for_hand_over(tx, stored, read):
        step: NextStep | None = "bounce" if read.mail.carries_report else None
        processed = replace(
            stored, outcome="ignored", reason=reason, text=read.text, next_step=step
        )
    else:
        processed = await _assign_to_ticket(tx, stored, read)
        if processed.outcome == "opened" and may_have_receipt(read.mail):
            processed = replace(processed, next_step="receipt")
    await mails.set_outcome(tx, processed)
    return processed


async def _is_for_hand_over(tx: Connection, stored: StoredMail, read: ReadMail) -> bool:
    """Whether a machine of a partner's answers what was handed over to them: that tells their number."""
    if read.mail.carries_report:
        return False
    sender = await _judge_sender(tx, stored, read.mail)
    return sender.partner is not None and await _find_by_thread(tx, read.mail, sender) is not None


async def _find_by_thread(tx: Connection, mail: Mail, sender: Sender) -> Ticket | None:
    """The ticket to which the mail belongs by its thread or subject, and on which its sender may write."""
    by_key = await tickets.by_keys(tx, ticket_keys_in(mail.subject))
    by_id = await mails.tickets_of(tx, thread_ids(mail), mail.message_id)
    candidates = [*by_key.values(), *(one for found in by_id.values() for one in found)]
    sender = await with_hand_overs(tx, sender, (ticket.id for ticket in candidates))
    return find_ticket(mail, sender, by_id, by_key)


async def _assign_to_ticket(tx: Connection, stored: StoredMail, read: ReadMail) -> StoredMail:
    """Add the mail to the ticket of its thread, or open a ticket for it."""
    mail = read.mail
    await mails.lock_thread(tx, thread_ids(mail))
    sender = await _judge_sender(tx, stored, mail)
    existing = await _find_by_thread(tx, mail, sender) or await _find_other_copy(tx, stored, sender)
    if existing is None:
        return await _open_for(tx, stored, read, sender)
    if sender.partner is not None:
        ticket = await join_partner_mail(tx, existing, stored, read, sender)
        return await _assigned(tx, stored, read, sender, ticket, "joined")
    return await _join_or_go_on(tx, stored, read, sender, existing)


async def _join_or_go_on(
    tx: Connection, stored: StoredMail, read: ReadMail, sender: Sender, existing: Ticket
) -> StoredMail:
    """Add the mail to a ticket; where that was closed too long ago, to the one that goes on after it."""
    survivor = await tickets.lock_survivor(tx, existing.id)
    at = await transaction_time(tx)
    if going_on := await lock_going_on(tx, survivor, at, sender.may_join):
        ticket = await _join_ticket(tx, going_on, stored, read, sender)
        return await _assigned(tx, stored, read, sender, ticket, "joined")
    opened = await _open_ticket(tx, stored, read, sender)
    opened = await link_follow_on(tx, opened, survivor, _actor(sender, stored), at)
    return await _assigned(tx, stored, read, sender, opened, "opened")


async def _open_for(
    tx: Connection, stored: StoredMail, read: ReadMail, sender: Sender
) -> StoredMail:
    ticket = await _open_ticket(tx, stored, read, sender)
    return await _assigned(tx, stored, read, sender, ticket, "opened")


async def _assigned(
    tx: Connection,
    stored: StoredMail,
    read: ReadMail,
    sender: Sender,
    ticket: Ticket,
    outcome: Outcome,
) -> StoredMail:
    """The mail with its ticket, whose thread it belongs to from now on."""
    if missing := note_on_missing(read, str(stored.id)):
        await messages.add(tx, _build_note(ticket, stored, missing))
    await mails.add_to_thread(tx, thread_ids(read.mail), read.mail.message_id, ticket.id)
    reasons = [reason for reason in (sender.doubt, read.reason) if reason]
    return replace(
        stored,
        outcome=outcome if read.is_read else "unreadable",
        reason="; ".join(reasons) or None,
        ticket_id=ticket.id,
        text=None,
    )


async def _judge_sender(tx: Connection, stored: StoredMail, mail: Mail) -> Sender:
    """Who the mail may act as (I1): nobody where there is a doubt, which is told to staff."""
    if mail.sender is None:
        return Sender(None, doubt=NO_SENDER)
    claimed = await find_sender(tx, mail.sender)
    doubt = find_doubt(mail, gateway=stored.gateway, is_staff=claimed.staff is not None)
    return claimed if doubt is None else Sender(claimed.address, doubt=doubt)


async def _find_other_copy(tx: Connection, stored: StoredMail, sender: Sender) -> Ticket | None:
    if not stored.message_id or not has_date(stored.raw):
        return None
    ticket = await mails.find_other_copy(tx, stored)
    is_current = ticket is not None and ticket.state != "closed"
    return ticket if is_current and ticket and sender.may_join(ticket) else None


async def _open_ticket(
    tx: Connection, stored: StoredMail, read: ReadMail, sender: Sender
) -> Ticket:
    """Open a ticket for the customer of a known contact; for anybody else one that needs triage."""
    at = await transaction_time(tx)
    scope = await _find_scope(tx, sender, read)
    matrix = await priority_matrices.find_cells(tx)
    request = request_from_mail(read.mail, read.text, sender, scope, stored.received_at, matrix)
    ticket = await open_ticket(tx, request, _actor(sender, stored), at)
    await messages.add(tx, _build_message(ticket, stored, read, sender, Answer(read.text)))
    return ticket


async def _find_scope(tx: Connection, sender: Sender, read: ReadMail) -> TicketScope | None:
    if sender.customer_id is None or sender.customer is None:
        return None
    environments = await directory.list_environments(tx, sender.customer_id)
    environment = choose_environment(environments, read.mail.subject, read.text)
    return TicketScope(sender.customer_id, sender.customer, environment)


async def _join_ticket(
    tx: Connection, before: Ticket, stored: StoredMail, read: ReadMail, sender: Sender
) -> Ticket:
    """Add the mail to a locked ticket."""
    at = await transaction_time(tx)
    message = _build_message(before, stored, read, sender, read.answer)
    await messages.add(tx, message)
    return await record_customer_reply(tx, before, message.id, _actor(sender, stored), at)


def _build_message(
    ticket: Ticket, stored: StoredMail, read: ReadMail, sender: Sender, words: Answer
) -> Message:
    """A message to us, whoever wrote: what customers and staff read as ours is written in OpsDesk (I1)."""
    return Message(
        id=uuid7(),
        ticket_id=ticket.id,
        visibility="public",
        direction="inbound",
        author=author_of(sender),
        text=words.text,
        history=words.history,
        sender_doubt=sender.doubt,
        authentication=stored.authentication,
        html=read.html,
        at=stored.received_at,
        mail_id=stored.id,
        attachments=read.mail.attachments,
    )


def _build_note(ticket: Ticket, stored: StoredMail, text: str) -> Message:
    """A note to staff on what the ticket does not show of the mail, and where it is."""
    return Message(
        id=uuid7(),
        ticket_id=ticket.id,
        visibility="internal",
        direction="outbound",
        author=stored.received_by,
        text=text,
        at=stored.received_at,
        automatic=True,
    )


def _actor(sender: Sender, stored: StoredMail) -> Actor:
    return Actor(author_of(sender), via_machine=stored.received_by)

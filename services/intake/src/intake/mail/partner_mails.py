"""What a partner mails about a ticket that was handed over to them: a message among staff and them (R5).

Customers never see it, and it moves no clock of theirs. Answers of the partner's own ticket system count,
too: they tell the partner's number.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from common.domain import Actor
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.mail.domain.auto_reply import automatic_reason
from intake.mail.domain.thread import Sender
from intake.mail.reading import ReadMail
from intake.mail.store import StoredMail
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.domain.message import Message
from intake.tickets.domain.partner_reference import find_reference
from intake.tickets.domain.ticket import Ticket
from intake.tickets.handing_over import record_partner_reply
from intake.tickets.store import hand_overs, messages, tickets


async def with_hand_overs(tx: Connection, sender: Sender, ticket_ids: Iterable[UUID]) -> Sender:
    """The sender with those of these tickets that were handed over to them; only partners have any."""
    if sender.partner is None:
        return sender
    handed_over = await hand_overs.handed_to(tx, sender.partner, set(ticket_ids))
    return replace(sender, handed_over=handed_over)


async def join_partner_mail(
    tx: Connection, existing: Ticket, stored: StoredMail, read: ReadMail, sender: Sender
) -> Ticket:
    """Add the mail to the ticket, and store the partner's number where it tells one for the first time."""
    assert sender.partner is not None
    before = await tickets.lock_survivor(tx, existing.id)
    at = await transaction_time(tx)
    message = Message(
        id=uuid7(),
        ticket_id=before.id,
        visibility="internal",
        direction="inbound",
        author=f"partner/{sender.partner}",
        text=read.answer.text,
        history=read.answer.history,
        html=read.html,
        at=stored.received_at,
        automatic=automatic_reason(read.mail) is not None,
        mail_id=stored.id,
        authentication=stored.authentication,
        attachments=read.mail.attachments,
        partner=sender.partner,
    )
    await messages.add(tx, message)
    record = await hand_overs.find_of_partner(tx, existing.id, sender.partner)
    if record is not None:
        await _save_reference(tx, record, read)
    actor = Actor(message.author, via_machine=stored.received_by)
    handed_over_by = None if record is None else record.by
    return await record_partner_reply(tx, before, message, handed_over_by, actor, at)


async def _save_reference(tx: Connection, record: HandOver, read: ReadMail) -> None:
    if record.partner_reference is not None:
        return
    if reference := find_reference(read.mail.subject, read.answer.text):
        await hand_overs.save(tx, replace(record, partner_reference=reference))

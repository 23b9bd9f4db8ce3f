"""Store what became of a mail, and put before people what did not arrive."""

from datetime import datetime

from common.domain import SYSTEM
from common.domain.send_outcomes import SendOutcome
from common.events.hand_overs import TicketPartnerMailUndelivered
from common.events.tickets import TicketReplyUndelivered
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.outgoing.domain.outgoing_mail import OutgoingMail, Retry, after_attempt
from intake.outgoing.domain.undelivered_note import (
    note_on_undelivered,
    note_on_undelivered_to_partner,
)
from intake.outgoing.store import outgoing_mails
from intake.outgoing.store.outgoing_mails import LeasedMail
from intake.tickets.commands import save_change
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.store import messages, tickets


async def record_outcome(tx: Connection, leased: LeasedMail, outcome: SendOutcome) -> None:
    """Store the outcome of an attempt; of an answer that failed for good, people are told.

    Of a notice it is seen there, beside its other mails.

    Order of locks: ticket, mail.
    """
    result = after_attempt(leased.mail, outcome)
    if isinstance(result, Retry):
        return await outgoing_mails.schedule_retry(tx, leased, result)
    if result.state != "failed" or leased.mail.ticket_id is None:
        await outgoing_mails.settle(tx, leased, result, await transaction_time(tx))
        return None
    ticket = await tickets.lock_survivor(tx, leased.mail.ticket_id)
    at = await transaction_time(tx)
    if await outgoing_mails.settle(tx, leased, result, at):
        await report_undelivered(tx, ticket, leased.mail, result.problem or "", at)
    return None


async def report_undelivered(
    tx: Connection, ticket: Ticket, mail: OutgoingMail, problem: str, at: datetime
) -> None:
    """Tell staff, on the ticket (locked) and by event, that an answer did not arrive.

    Of a receipt nobody is told: the ticket is there, and the answer will show whether the address works.
    """
    if mail.purpose == "receipt":
        return
    if mail.partner_id is not None:
        await _report_undelivered_to_partner(tx, ticket, mail, problem, at)
        return
    note = Message(
        uuid7(),
        ticket.id,
        "internal",
        "outbound",
        SYSTEM.sub,
        note_on_undelivered(str(mail.contact_id), problem),
        at,
        automatic=True,
    )
    await messages.add(tx, note)
    await save_change(
        tx,
        ticket,
        ticket,
        SYSTEM,
        at,
        "ticket.reply_undelivered",
        event_spec(TicketReplyUndelivered, message_id=mail.message_id, reason=problem),
        grounds={"message_id": str(mail.message_id), "reason": problem},
    )


async def _report_undelivered_to_partner(
    tx: Connection, ticket: Ticket, mail: OutgoingMail, problem: str, at: datetime
) -> None:
    """Tell staff, on the ticket (locked) and by event, that a partner did not get what we wrote."""
    partner = await messages.get_partner(tx, mail.about_id)
    text = note_on_undelivered_to_partner(partner, problem)
    note = Message(uuid7(), ticket.id, "internal", "outbound", SYSTEM.sub, text, at, automatic=True)
    await messages.add(tx, note)
    event = event_spec(
        TicketPartnerMailUndelivered, message_id=mail.message_id, partner=partner, reason=problem
    )
    grounds = {"message_id": str(mail.message_id), "reason": problem}
    action = "ticket.partner_mail_undelivered"
    await save_change(tx, ticket, ticket, SYSTEM, at, action, event, grounds=grounds)

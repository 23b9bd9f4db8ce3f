"""Plan mails: who gets our answers, which mails get a receipt, which mails of ours came back.

It happens after the fact, in batches and in one replica at a time: nobody who writes or answers waits
for it.
"""

from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain.mail_headers import own_id
from common.persistence.database import Connection, transaction_time
from common.telemetry import logger, metrics
from intake.directory import store as directory
from intake.mail import store as mails
from intake.outgoing.commands import report_undelivered
from intake.outgoing.domain.bounce import MAX_REPORT_BYTES, read_bounce
from intake.outgoing.domain.conversation import Exchanged, position_after
from intake.outgoing.domain.outgoing_mail import (
    RECEIPT_WINDOW,
    OutgoingMail,
    is_over_limit,
    mail_id,
)
from intake.outgoing.domain.recipients import Participant, recipients_of
from intake.outgoing.notice_planning import BATCH_SIZE as NOTICES_AT_ONCE
from intake.outgoing.notice_planning import plan_notices
from intake.outgoing.store import due, outgoing_mails
from intake.outgoing.store.due import DueAnswer, DueReceipt
from intake.settings import IntakeSettings
from intake.tickets.domain.message import Mailing
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import tickets

log = logger(__name__)

BATCH_SIZE: Final = 50
"""Answers, receipts and reports that one transaction plans, of each."""
REPORTS_AT_ONCE: Final = 5
"""Reports that one transaction reads: each may take milliseconds, in which no request is served."""
WITHHELD: Final = "this contact had as many receipts within an hour as one may have"


async def plan(tx: Connection, settings: IntakeSettings) -> bool:
    """Plan what is due. Whether there may be more."""
    if not await due.is_anything_due(tx) or not await due.lock_planning(tx):
        return False
    counts = (await _plan_answers(tx, settings), await _plan_receipts(tx, settings))
    notices = await plan_notices(tx, settings)
    return BATCH_SIZE in counts or notices == NOTICES_AT_ONCE


async def read_reports(tx: Connection) -> bool:
    """Mark what came back, and tell people of the answers among it. Whether there may be more.

    In a transaction of its own: it waits for the locks of tickets.
    """
    reports = await due.due_reports(tx, REPORTS_AT_ONCE, MAX_REPORT_BYTES)
    for raw in reports.values():
        if (bounce := read_bounce(raw)) is not None:
            for mail in await outgoing_mails.find(tx, bounce.mails):
                await _bounce(tx, mail, bounce.problem)
    if reports:
        await due.set_done(tx, reports)
    return len(reports) == REPORTS_AT_ONCE


async def _plan_answers(tx: Connection, settings: IntakeSettings) -> int:
    answers = await due.due_answers(tx, BATCH_SIZE)
    if not answers:
        return 0
    at = await transaction_time(tx)
    known = await tickets.by_ids(tx, {answer.ticket_id for answer in answers})
    for answer in answers:
        mailing: Mailing = "off"
        if settings.sends_mail and answer.partner is not None:
            mailing = await _plan_for_partner(tx, answer, answer.partner, settings, at)
        elif settings.sends_mail:
            mailing = await _plan_answer(tx, known[answer.ticket_id], answer, settings, at)
        await due.set_mailing(tx, answer.message_id, mailing)
    return len(answers)


async def _plan_answer(
    tx: Connection, ticket: Ticket, answer: DueAnswer, settings: IntakeSettings, at: datetime
) -> Mailing:
    family = await due.list_family(tx, ticket.id)
    recipients = recipients_of(ticket, await due.list_participants(tx, family))
    if not recipients:
        return "nobody"
    quoted = await due.find_quoted(tx, family, answer.message_id)
    planned = [
        await _answer_to(tx, recipient, family, answer, quoted, settings, at)
        for recipient in recipients
    ]
    await _store(tx, planned, at)
    return "planned"


async def _answer_to(
    tx: Connection,
    recipient: Participant,
    family: list[UUID],
    answer: DueAnswer,
    quoted: UUID | None,
    settings: IntakeSettings,
    at: datetime,
) -> OutgoingMail:
    position = position_after(await due.list_exchanged(tx, family, recipient.contact_id, at))
    id = mail_id("answer", answer.message_id, recipient.contact_id)
    return OutgoingMail(
        purpose="answer",
        ticket_id=answer.ticket_id,
        message_id=answer.message_id,
        contact_id=recipient.contact_id,
        planned_at=at,
        own_id=own_id(id, settings.mail_from),
        in_reply_to=position.in_reply_to,
        referred_ids=position.references,
        quoted_id=quoted,
    )


async def _plan_for_partner(
    tx: Connection, answer: DueAnswer, key: str, settings: IntakeSettings, at: datetime
) -> Mailing:
    """Plan the mail to a partner; to nobody where the partner has no address, or was ended."""
    partner = await directory.PARTNERS.find(tx, key)
    if partner is None or partner.email is None or partner.retired:
        return "nobody"
    family = await due.list_family(tx, answer.ticket_id)
    exchanged = await due.list_exchanged_with_partner(tx, family, partner, at)
    position = position_after(exchanged)
    id = mail_id("partner", answer.message_id, partner.id)
    planned = OutgoingMail(
        purpose="partner",
        ticket_id=answer.ticket_id,
        message_id=answer.message_id,
        contact_id=None,
        planned_at=at,
        own_id=own_id(id, settings.mail_from),
        in_reply_to=position.in_reply_to,
        referred_ids=position.references,
        partner_id=partner.id,
    )
    await _store(tx, [planned], at)
    return "planned"


async def _plan_receipts(tx: Connection, settings: IntakeSettings) -> int:
    at = await transaction_time(tx)
    receipts = await due.due_receipts(tx, at - RECEIPT_WINDOW, BATCH_SIZE)
    if not receipts:
        return 0
    planned: list[OutgoingMail] = []
    recent: Counter[UUID] = Counter()
    for receipt in receipts:
        if settings.sends_mail and (mail := _receipt(receipt, recent, settings, at)) is not None:
            planned.append(mail)
    await _store(tx, planned, at)
    await due.set_done(tx, [receipt.mail_id for receipt in receipts])
    return len(receipts)


def _receipt(
    receipt: DueReceipt, recent: Counter[UUID], settings: IntakeSettings, at: datetime
) -> OutgoingMail | None:
    """The receipt, which is withheld above the limit; None where nobody may get one.

    `recent` counts those of this batch by contact.
    """
    if receipt.message_id is None or receipt.ticket_id is None or receipt.contact_id is None:
        return None
    before = receipt.recent + recent[receipt.contact_id]
    is_withheld = is_over_limit(before, settings.receipts_per_hour)
    recent[receipt.contact_id] += not is_withheld
    position = position_after([Exchanged(receipt.mime_id, is_theirs=True)])
    id = mail_id("receipt", receipt.message_id, receipt.contact_id)
    return OutgoingMail(
        purpose="receipt",
        ticket_id=receipt.ticket_id,
        message_id=receipt.message_id,
        contact_id=receipt.contact_id,
        planned_at=at,
        own_id=own_id(id, settings.mail_from),
        in_reply_to=position.in_reply_to,
        referred_ids=position.references,
        state="withheld" if is_withheld else "waiting",
        problem=WITHHELD if is_withheld else None,
    )


async def _store(tx: Connection, planned: list[OutgoingMail], at: datetime) -> None:
    """Store the mails, and their ids as ids of the tickets' threads: what answers them joins the ticket."""
    await outgoing_mails.add(tx, planned, at)
    in_thread: dict[str, UUID] = {}
    for mail in planned:
        if mail.state == "withheld":
            metrics.CUSTOMER_MAILS.labels(mail.purpose, "withheld").inc()
            log.warning("receipt.withheld", ticket=str(mail.ticket_id))
        elif mail.ticket_id is not None:
            in_thread[mail.own_id] = mail.ticket_id
    await mails.add_own_ids(tx, in_thread)


async def _bounce(tx: Connection, mail: OutgoingMail, problem: str) -> None:
    ticket = await tickets.lock_survivor(tx, mail.ticket_id) if mail.ticket_id else None
    at = await transaction_time(tx)
    if await outgoing_mails.mark_bounced(tx, mail.id, problem, at):
        metrics.CUSTOMER_MAILS.labels(mail.purpose, "bounced").inc()
        if ticket is not None:
            await report_undelivered(tx, ticket, mail, problem, at)

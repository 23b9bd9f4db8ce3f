"""Plan the mails of notices: one to each contact of the customer, below the one that it follows."""

from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain.mail_headers import own_id
from common.persistence.database import Connection, transaction_time
from intake.notices import store
from intake.notices.domain.notice import Notice
from intake.outgoing.domain.outgoing_mail import OutgoingMail, mail_id
from intake.outgoing.store import outgoing_mails
from intake.settings import IntakeSettings

BATCH_SIZE: Final = 20
"""Notices that one transaction plans; each has a mail for every contact of its customer."""


async def plan_notices(tx: Connection, settings: IntakeSettings) -> int:
    """Plan the mails of notices that are due, and return how many notices; without a mail server none goes out."""
    due = await store.lock_due(tx, BATCH_SIZE)
    if not due:
        return 0
    at = await transaction_time(tx)
    for notice in due:
        mails = [_mail(notice, one, settings, at) for one in await _readers(tx, notice, settings)]
        await outgoing_mails.add(tx, mails, at)
    await store.set_state(
        tx, [notice.id for notice in due], "sent" if settings.sends_mail else "unsent"
    )
    return len(due)


async def _readers(tx: Connection, notice: Notice, settings: IntakeSettings) -> list[UUID]:
    if not settings.sends_mail:
        return []
    return await store.list_readers(tx, notice.customer_id, optional=settings.notices_optional)


def _mail(notice: Notice, contact: UUID, settings: IntakeSettings, at: datetime) -> OutgoingMail:
    first = None
    if notice.first_id is not None:
        first = own_id(mail_id("notice", notice.first_id, contact), settings.mail_from)
    return OutgoingMail(
        purpose="notice",
        ticket_id=None,
        message_id=None,
        contact_id=contact,
        planned_at=at,
        own_id=own_id(mail_id("notice", notice.id, contact), settings.mail_from),
        in_reply_to=first,
        referred_ids=() if first is None else (first,),
        notice_id=notice.id,
    )

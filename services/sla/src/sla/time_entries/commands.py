"""Records work, and tells both sides once a month that the reserved hours run out."""

from datetime import datetime, timedelta

from common.audit import Entry, record
from common.auth import Caller
from common.events.reserved_hours import ReservedHoursThresholdReached
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.time_entries.domain.reserved_hours import WARNED_AT
from sla.time_entries.store import reserved_hours as hours
from sla.time_entries.store import time_entries
from sla.time_entries.store.time_entries import Account, Work, following_month

SECOND = timedelta(seconds=1)


async def hold(tx: Connection, recorded: Work) -> Account | None:
    """Lock the account of its month, before the moment is read; None without an agreement."""
    if recorded.agreement_id is None:
        return None
    return await time_entries.lock_account(
        tx, recorded.agreement_id, recorded.customer_id, recorded.day
    )


async def book(tx: Connection, recorded: Work, account: Account | None, caller: Caller) -> None:
    """Store the record, and warn where it uses up four fifths of what is reserved."""
    await time_entries.add(tx, recorded)
    grounds = {
        "ticket": str(recorded.ticket_id),
        "person": recorded.person,
        "minutes": recorded.minutes,
        "day": str(recorded.day),
        "corrects": recorded.corrects and str(recorded.corrects),
    }
    action = "work.correct" if recorded.corrects else "work.record"
    subject, at = f"work/{recorded.id}", recorded.created_at
    await record(tx, Entry(at, caller.sub, action, subject, grounds, caller.via_machine))
    if account is not None and account.warned_at is None:
        await _warn(tx, account, at)


async def _warn(tx: Connection, account: Account, at: datetime) -> None:
    month = account.month
    found = await hours.page(
        tx,
        month,
        following_month(month),
        customer_id=account.customer_id,
        agreement_id=account.agreement_id,
    )
    for one in found:
        if one.hours.reserved is not None and one.hours.running_out:
            sequence = await time_entries.warned(tx, account, at)
            event = ReservedHoursThresholdReached(
                at=at,
                account_id=account.id,
                agreement=one.agreement,
                customer_id=account.customer_id,
                customer=one.customer,
                month=month.isoformat()[:7],
                threshold=WARNED_AT,
                reserved_seconds=one.hours.reserved // SECOND,
                used_seconds=one.hours.used // SECOND,
            )
            await publish(tx, OutboxEvent(event, sequence))

"""Commands of time entries: store one, and warn once a month that reserved hours run out."""

from datetime import datetime

from common.audit import Entry, record
from common.auth import Caller
from common.domain.durations import SECOND
from common.events.reserved_hours import ReservedHoursThresholdReached
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.time_entries.domain.reserved_hours import WARNING_THRESHOLD
from sla.time_entries.store import reserved_hours, time_entries
from sla.time_entries.store.time_entries import ReservedHoursAccount, TimeEntry, next_month


async def lock_account(tx: Connection, entry: TimeEntry) -> ReservedHoursAccount | None:
    """Lock the account of the entry's month, before the time is read; None without an agreement."""
    if entry.agreement_id is None:
        return None
    return await time_entries.lock_account(tx, entry.agreement_id, entry.customer_id, entry.day)


async def save_entry(
    tx: Connection, entry: TimeEntry, account: ReservedHoursAccount | None, caller: Caller
) -> None:
    """Store and record the entry, and publish a warning where four fifths of the hours are used."""
    await time_entries.add(tx, entry)
    grounds = {
        "ticket": str(entry.ticket_id),
        "person": entry.person,
        "minutes": entry.minutes,
        "day": str(entry.day),
        "corrects": entry.corrects and str(entry.corrects),
    }
    action = "time_entry.correct" if entry.corrects else "time_entry.record"
    subject, at = f"time_entry/{entry.id}", entry.created_at
    await record(tx, Entry.by(caller.actor, at, action, subject, grounds))
    if account is not None and account.warned_at is None:
        await _warn(tx, account, at)


async def _warn(tx: Connection, account: ReservedHoursAccount, at: datetime) -> None:
    month = account.month
    utilisations = await reserved_hours.page(
        tx,
        month,
        next_month(month),
        customer_id=account.customer_id,
        agreement_id=account.agreement_id,
    )
    for utilisation in utilisations:
        if utilisation.hours.reserved is not None and utilisation.hours.is_running_out:
            sequence = await time_entries.mark_warned(tx, account, at)
            event = ReservedHoursThresholdReached(
                at=at,
                account_id=account.id,
                agreement=utilisation.agreement,
                customer_id=account.customer_id,
                customer=utilisation.customer,
                month=month.isoformat()[:7],
                threshold=WARNING_THRESHOLD,
                reserved_seconds=utilisation.hours.reserved // SECOND,
                used_seconds=utilisation.hours.used // SECOND,
            )
            await publish(tx, OutboxEvent(event, sequence))

"""Plan, cancel and settle notifications. The caller holds the lock of their escalation.

Order of locks: escalation, notifications, deadlines.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from common.domain.send_outcomes import (
    Delivered,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
    retry_delay,
)
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from common.telemetry import logger
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import (
    DEADLINE_KIND,
    MAX_TEMPORARY_FAILURES,
    Notification,
    Purpose,
    next_after_failure,
    plan_notifications,
)
from escalation.notifications.store import LeasedNotification

log = logger(__name__)


async def create_notifications(
    tx: Connection,
    escalation_id: UUID,
    occasion: str,
    purpose: Purpose,
    people: Sequence[str],
    at: datetime,
    longest_delay: timedelta | None = None,
) -> None:
    """Store the notifications of one occasion and arm the personal delays (E13).

    No delay is longer than `longest_delay`.
    """
    people_by_sub = await directory.load_people(tx, set(people))
    planned = plan_notifications(
        escalation_id, occasion, purpose, people, people_by_sub, at, longest_delay
    )
    await notifications.add(tx, planned)
    waiting = [n for n in planned if n.state == "waiting"]
    await schedule(tx, [Deadline(DEADLINE_KIND, n.id, n.send_at) for n in waiting])


async def cancel_notifications(
    tx: Connection, escalation_id: UUID, person: str | None = None
) -> None:
    """Cancel what is not sent yet, of one person or everybody, and disarm the personal delays."""
    cancelled = await notifications.cancel(tx, escalation_id, person)
    await schedule(tx, [Deadline(DEADLINE_KIND, id, None) for id in cancelled])


async def settle(
    tx: Connection, leased: LeasedNotification, outcome: SendOutcome, fallback: str
) -> bool:
    """Store the outcome of an attempt, and plan what replaces a failed one (E19).

    `fallback` is the policy's fallback person. True where the outcome is final and was not stored
    before: then it belongs into the timeline.
    """
    notification = leased.notification
    match outcome:
        case Delivered():
            return await notifications.mark_sent(tx, leased)
        case PermanentFailure(reason):
            is_first = await notifications.mark_failed(tx, leased, reason)
            if is_first:
                await _plan_replacement(tx, notification, fallback)
            return is_first
        case TemporaryFailure(reason):
            delay = retry_delay(notification.attempts)
            retried = await notifications.schedule_retry(tx, leased, delay, reason)
            # Not `==`: the process may have been killed in the very attempt that was the last one. A
            # replacement is stored once, however often it is planned.
            if retried and notification.attempts >= MAX_TEMPORARY_FAILURES:
                await _plan_replacement(tx, notification, fallback)
            return False


async def _plan_replacement(tx: Connection, failed: Notification, fallback: str) -> None:
    people = await directory.load_people(tx, {failed.person, fallback})
    person = people.get(failed.person, people[FALLBACK_CONTACT])
    fallbacks = [people[sub] for sub in (fallback, FALLBACK_CONTACT) if sub in people]
    replacement = next_after_failure(failed, person, fallbacks)
    if replacement is None:
        log.error("notification.nobody_left", escalation=str(failed.escalation_id))
        return
    await notifications.add(tx, [replacement])

"""Notifications: written in the transaction of their step, sent under a lease.

The column `lease` names the holder, and `next_try_at` is when the lease ends, on real time.
`send_at` is on the service's own clock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Interval, Text, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.scheduling.aggregate_locks import lock_available as lock_rows
from escalation.directory.domain import Channel
from escalation.notifications.domain.notification import (
    NOTICE_PURPOSES,
    PAGING_PURPOSES,
    Notification,
)
from escalation.notifications.tables import notifications

_UNSENT = notifications.c.state.in_(("waiting", "ready"))


@dataclass(frozen=True, slots=True)
class LeasedNotification:
    """A notification whose outcome only the holder of `lease` may store."""

    notification: Notification
    lease: UUID


@dataclass(frozen=True, slots=True)
class LinkedMessage:
    """A message whose link acknowledges. `settled_at` is when it was sent, on real time; the others are on the
    service's own clock."""

    id: UUID
    escalation_id: UUID
    person: str
    send_at: datetime
    settled_at: datetime | None
    link_used_at: datetime | None


async def add(tx: Connection, planned: Sequence[Notification]) -> None:
    """Store notifications; those with an id that is stored already are left as they are."""
    if planned:
        rows = [_row(notification) for notification in planned]
        await tx.execute(insert(notifications).values(rows).on_conflict_do_nothing())


async def cancel(tx: Connection, escalation_id: UUID, person: str | None = None) -> list[UUID]:
    """Cancel what is not sent yet, of one person or everybody; notices are not cancelled.

    Returns the ids, so that their deadlines can be disarmed.
    """
    condition = (notifications.c.escalation_id == escalation_id) & _UNSENT
    condition &= notifications.c.purpose.not_in(NOTICE_PURPOSES)
    if person:
        condition &= notifications.c.person == person
    statement = update(notifications).where(condition).values(state="cancelled", lease=None)
    return list((await tx.scalars(statement.returning(notifications.c.id))).all())


async def list_reached_people(tx: Connection, escalation_id: UUID) -> tuple[str, ...]:
    """Everybody whom a message has reached or may have reached: who needs an all-clear."""
    reached = (notifications.c.state == "sent") | (notifications.c.attempts > 0)
    query = select(notifications.c.person).distinct().order_by(notifications.c.person)
    return tuple(
        await tx.scalars(query.where(notifications.c.escalation_id == escalation_id, reached))
    )


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock what nobody else holds. One that is gone counts as locked."""
    return await lock_rows(tx, notifications.c.id, ids)


async def mark_ready(tx: Connection, ids: Collection[UUID]) -> None:
    """Let these be sent: the delay of their personal rule is over."""
    due = notifications.c.id.in_(ids) & (notifications.c.state == "waiting")
    await tx.execute(update(notifications).where(due).values(state="ready"))


_LEASE = text(
    """
    UPDATE notifications SET lease = gen_random_uuid(), attempts = attempts + 1,
        next_try_at = statement_timestamp() + :length
    WHERE id IN (
        SELECT id FROM notifications
        WHERE state = 'ready' AND next_try_at <= statement_timestamp()
        ORDER BY attempts > 0, next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING *
    """
).bindparams(bindparam("length", type_=Interval))


async def lease(tx: Connection, length: timedelta, limit: int) -> list[LeasedNotification]:
    """Lease up to `limit` notifications that are to be sent now, for `length` of real time.

    They are new, to be tried again, or left behind by a holder whose lease has ended. New ones first:
    what a mail server keeps waiting must not take the place of a page that nobody has tried yet.
    """
    rows = await tx.execute(_LEASE, {"length": length, "limit": limit})
    return [LeasedNotification(_notification(row), row.lease) for row in rows]


async def renew(tx: Connection, leased: LeasedNotification, length: timedelta) -> bool:
    """Hold it for `length` from this moment on. False where it was cancelled since, or the lease is
    lost (E5)."""
    ends_at = func.statement_timestamp(type_=DateTime(timezone=True)) + length
    statement = update(notifications).where(*_holds_lease(leased)).values(next_try_at=ends_at)
    return (await tx.execute(statement)).rowcount == 1


async def mark_sent(tx: Connection, leased: LeasedNotification) -> bool:
    """Store that it was sent, also where it was cancelled meanwhile: it did reach the person.

    False where another holder of the lease has stored the same before.
    """
    same = notifications.c.id == leased.notification.id
    unsettled = notifications.c.state.in_(("ready", "cancelled"))
    return await _settle(tx, "sent", None, same, unsettled)


async def mark_failed(tx: Connection, leased: LeasedNotification, problem: str) -> bool:
    """Store that it failed for good. False where the lease is lost or it was cancelled."""
    return await _settle(tx, "failed", problem, *_holds_lease(leased))


async def _settle(tx: Connection, state: str, problem: str | None, *which: Any) -> bool:
    settled_at = func.statement_timestamp()
    statement = update(notifications).where(*which)
    statement = statement.values(state=state, problem=problem, lease=None, settled_at=settled_at)
    return (await tx.execute(statement)).rowcount == 1


_RETRY = text(
    """
    UPDATE notifications SET lease = NULL, problem = :problem,
        next_try_at = statement_timestamp() + :pause
    WHERE id = :id AND lease = :lease AND state = 'ready'
    """
).bindparams(bindparam("pause", type_=Interval), bindparam("problem", type_=Text))


async def schedule_retry(
    tx: Connection, leased: LeasedNotification, pause: timedelta, problem: str
) -> bool:
    """Let it be tried again after a pause. False where the lease is lost or it was cancelled."""
    values = {"id": leased.notification.id, "lease": leased.lease}
    result = await tx.execute(_RETRY, {**values, "pause": pause, "problem": problem})
    return result.rowcount == 1


async def find_paging(tx: Connection, id: UUID) -> LinkedMessage | None:
    """The message with this id; None where there is none, or it asks nobody to take its case."""
    query = select(notifications).where(notifications.c.id == id)
    row = (await tx.execute(query)).one_or_none()
    if row is None or row.purpose not in PAGING_PURPOSES:
        return None
    return LinkedMessage(
        id, row.escalation_id, row.person, row.send_at, row.settled_at, row.link_used_at
    )


async def mark_link_used(tx: Connection, id: UUID, at: datetime) -> None:
    """Store that the link in this message has acknowledged its case."""
    same = notifications.c.id == id
    await tx.execute(update(notifications).where(same).values(link_used_at=at))


async def count_unsent(tx: Connection) -> int:
    """The number that are being sent or are to be sent now, without those that wait for a retry.

    Simulated time waits until it is 0.
    """
    active = (notifications.c.lease.is_not(None)) | (
        notifications.c.next_try_at <= func.statement_timestamp()
    )
    ready = select(func.count()).where(notifications.c.state == "ready", active)
    return await tx.scalar(ready) or 0


async def oldest_unsent_page(tx: Connection) -> datetime | None:
    """When the oldest page should have gone out that has not, on the service's own clock; None: all have.

    It was tried in vain, or nobody has tried it yet.
    """
    unsent = (notifications.c.state == "ready") & notifications.c.purpose.in_(PAGING_PURPOSES)
    oldest: datetime | None = await tx.scalar(
        select(func.min(notifications.c.send_at)).where(unsent)
    )
    return oldest


async def list_of_escalation(tx: Connection, escalation_id: UUID) -> list[Any]:
    """All notifications of an escalation, in the order in which they are to be sent."""
    query = select(notifications).where(notifications.c.escalation_id == escalation_id)
    return list(await tx.execute(query.order_by(notifications.c.send_at, notifications.c.id)))


def _holds_lease(leased: LeasedNotification) -> tuple[Any, ...]:
    return (
        notifications.c.id == leased.notification.id,
        notifications.c.lease == leased.lease,
        notifications.c.state == "ready",
    )


def _row(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.id,
        "key": notification.key,
        "escalation_id": notification.escalation_id,
        "purpose": notification.purpose,
        "person": notification.person,
        "channel": notification.channel.kind,
        "address": notification.channel.address,
        "send_at": notification.send_at,
        "state": notification.state,
        "attempts": notification.attempts,
        "tried": list(notification.tried),
        "to_fallback": notification.to_fallback,
    }


def _notification(row: Any) -> Notification:
    return Notification(
        row.key,
        row.escalation_id,
        row.purpose,
        row.person,
        Channel(row.channel, row.address),
        row.send_at,
        row.state,
        row.attempts,
        tuple(row.tried),
        row.to_fallback,
    )

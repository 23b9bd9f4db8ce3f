"""Notifications: written in the step's transaction, sent under a lease.

A lease is `lease` with `next_try_at` as its end. Both run on real time; `send_at` is on the
service's own clock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, Text, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from escalation.notifications.domain.notification import NOTICE_PURPOSES, Channel, Notification
from escalation.tables import notifications

_UNSENT = notifications.c.state.in_(("waiting", "ready"))


@dataclass(frozen=True, slots=True)
class LeasedNotification:
    """A notification that only the holder of `lease` may settle."""

    notification: Notification
    lease: UUID


async def add(tx: Connection, planned: Sequence[Notification]) -> None:
    """Nothing happens for what has been written before."""
    if planned:
        rows = [_row(notification) for notification in planned]
        await tx.execute(insert(notifications).values(rows).on_conflict_do_nothing())


async def cancel(tx: Connection, escalation_id: UUID, person: str | None = None) -> list[UUID]:
    """Stop what is not sent yet, of one person or everybody; notices are owed and stay.

    Answers which ones, so that their deadlines can be disarmed.
    """
    condition = (notifications.c.escalation_id == escalation_id) & _UNSENT
    condition &= notifications.c.purpose.not_in(NOTICE_PURPOSES)
    if person:
        condition &= notifications.c.person == person
    gone = update(notifications).where(condition).values(state="cancelled", lease=None)
    return list((await tx.scalars(gone.returning(notifications.c.id))).all())


async def list_reached_people(tx: Connection, escalation_id: UUID) -> tuple[str, ...]:
    """Whom something has reached, or may have: who needs an all-clear."""
    reached = (notifications.c.state == "sent") | (notifications.c.attempts > 0)
    query = select(notifications.c.person).distinct().order_by(notifications.c.person)
    return tuple(
        await tx.scalars(query.where(notifications.c.escalation_id == escalation_id, reached))
    )


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock what nobody else holds, in id order."""
    query = select(notifications.c.id).where(notifications.c.id.in_(ids))
    query = query.order_by(notifications.c.id).with_for_update(skip_locked=True)
    return set((await tx.scalars(query)).all())


async def mark_ready(tx: Connection, ids: Collection[UUID]) -> None:
    """The delay of these personal rules is over."""
    due = notifications.c.id.in_(ids) & (notifications.c.state == "waiting")
    await tx.execute(update(notifications).where(due).values(state="ready"))


_LEASE = text(
    """
    UPDATE notifications SET lease = gen_random_uuid(), attempts = attempts + 1,
        next_try_at = statement_timestamp() + :length
    WHERE id IN (
        SELECT id FROM notifications
        WHERE state = 'ready' AND next_try_at <= statement_timestamp()
        ORDER BY next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING *
    """
).bindparams(bindparam("length", type_=Interval))


async def lease(tx: Connection, length: timedelta, limit: int) -> list[LeasedNotification]:
    """Take what is to be sent now: new, to be tried again, or left by a holder who is gone."""
    rows = await tx.execute(_LEASE, {"length": length, "limit": limit})
    return [LeasedNotification(_notification(row), row.lease) for row in rows]


async def still_needed(tx: Connection, leased: LeasedNotification) -> bool:
    """Whether nobody has acknowledged since, and the lease is still ours (E5)."""
    query = select(notifications.c.id).where(*_holds_lease(leased))
    return await tx.scalar(query) is not None


async def mark_sent(tx: Connection, leased: LeasedNotification) -> bool:
    """It left. Counts even if it was cancelled on its way: it did reach the person.

    False where another holder of the lease has said so before.
    """
    same = notifications.c.id == leased.notification.id
    unsettled = notifications.c.state.in_(("ready", "cancelled"))
    return await _settle(tx, "sent", None, same, unsettled)


async def mark_failed(tx: Connection, leased: LeasedNotification, problem: str) -> bool:
    """It never will. False where it is no longer ours, or no longer wanted."""
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
    """Try again after a pause. False where it is no longer ours to try."""
    values = {"id": leased.notification.id, "lease": leased.lease}
    result = await tx.execute(_RETRY, {**values, "pause": pause, "problem": problem})
    return result.rowcount == 1


async def count_unsent(tx: Connection) -> int:
    """How many are on their way: what simulated time waits for. Not what waits out a pause."""
    on_its_way = (notifications.c.lease.is_not(None)) | (
        notifications.c.next_try_at <= func.statement_timestamp()
    )
    ready = select(func.count()).where(notifications.c.state == "ready", on_its_way)
    return await tx.scalar(ready) or 0


async def list_of_case(tx: Connection, escalation_id: UUID) -> list[Any]:
    """All of a case, in the order in which they are to be sent."""
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

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
from escalation.notifications.domain.notification import NOTICES, Channel, Notification
from escalation.tables import notifications

_UNSENT = notifications.c.state.in_(("waiting", "ready"))


@dataclass(frozen=True, slots=True)
class Leased:
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
    mine = (notifications.c.escalation_id == escalation_id) & _UNSENT
    mine &= notifications.c.purpose.not_in(NOTICES)
    if person:
        mine &= notifications.c.person == person
    gone = update(notifications).where(mine).values(state="cancelled", lease=None)
    return list((await tx.scalars(gone.returning(notifications.c.id))).all())


async def told(tx: Connection, escalation_id: UUID) -> tuple[str, ...]:
    """Whom something has reached, or may have: who needs an all-clear."""
    reached = (notifications.c.state == "sent") | (notifications.c.attempts > 0)
    mine = select(notifications.c.person).distinct().order_by(notifications.c.person)
    return tuple(
        await tx.scalars(mine.where(notifications.c.escalation_id == escalation_id, reached))
    )


async def lock_due(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock what nobody else holds, in id order."""
    wanted = select(notifications.c.id).where(notifications.c.id.in_(ids))
    wanted = wanted.order_by(notifications.c.id).with_for_update(skip_locked=True)
    return set((await tx.scalars(wanted)).all())


async def release(tx: Connection, ids: Collection[UUID]) -> None:
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


async def lease(tx: Connection, length: timedelta, limit: int) -> list[Leased]:
    """Take what is to be sent now: new, to be tried again, or left by a holder who is gone."""
    rows = await tx.execute(_LEASE, {"length": length, "limit": limit})
    return [Leased(_notification(row), row.lease) for row in rows]


async def still_wanted(tx: Connection, leased: Leased) -> bool:
    """Whether nobody has acknowledged since, and the lease is still ours (E5)."""
    mine = select(notifications.c.id).where(*_held(leased))
    return await tx.scalar(mine) is not None


async def sent(tx: Connection, leased: Leased) -> bool:
    """It left. Counts even if it was cancelled on its way: it did reach the person.

    False where another holder of the lease has said so before.
    """
    mine = notifications.c.id == leased.notification.id
    unsaid = notifications.c.state.in_(("ready", "cancelled"))
    return await _settle(tx, "sent", None, mine, unsaid)


async def failed(tx: Connection, leased: Leased, problem: str) -> bool:
    """It never will. False where it is no longer ours, or no longer wanted."""
    return await _settle(tx, "failed", problem, *_held(leased))


async def _settle(tx: Connection, state: str, problem: str | None, *which: Any) -> bool:
    settled_at = func.statement_timestamp()
    done = update(notifications).where(*which)
    done = done.values(state=state, problem=problem, lease=None, settled_at=settled_at)
    return (await tx.execute(done)).rowcount == 1


_RETRY = text(
    """
    UPDATE notifications SET lease = NULL, problem = :problem,
        next_try_at = statement_timestamp() + :pause
    WHERE id = :id AND lease = :lease AND state = 'ready'
    """
).bindparams(bindparam("pause", type_=Interval), bindparam("problem", type_=Text))


async def retry(tx: Connection, leased: Leased, pause: timedelta, problem: str) -> bool:
    """Try again after a pause. False where it is no longer ours to try."""
    asked = {"id": leased.notification.id, "lease": leased.lease}
    done = await tx.execute(_RETRY, {**asked, "pause": pause, "problem": problem})
    return done.rowcount == 1


async def unsent(tx: Connection) -> int:
    """How many are on their way: what simulated time waits for. Not what waits out a pause."""
    on_its_way = (notifications.c.lease.is_not(None)) | (
        notifications.c.next_try_at <= func.statement_timestamp()
    )
    ready = select(func.count()).where(notifications.c.state == "ready", on_its_way)
    return await tx.scalar(ready) or 0


async def of_case(tx: Connection, escalation_id: UUID) -> list[Any]:
    """All of a case, in the order in which they are to be sent."""
    mine = select(notifications).where(notifications.c.escalation_id == escalation_id)
    return list(await tx.execute(mine.order_by(notifications.c.send_at, notifications.c.id)))


def _held(leased: Leased) -> tuple[Any, ...]:
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

"""Outgoing mails: stored with their plan, sent under a lease.

The column `lease` names the holder, and `next_try_at` is when the lease ends, on real time. `planned_at`
and `settled_at` are on the service's own clock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Interval,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from intake.outgoing.domain.outgoing_mail import OutgoingMail, Retry, Settled
from intake.tickets.tables import outgoing_mails

_STORED: Final = tuple(OutgoingMail.__slots__)
_LEASE: Final = text(
    """
    UPDATE outgoing_mails SET lease = gen_random_uuid(), attempts = attempts + 1,
        next_try_at = statement_timestamp() + :length
    WHERE id IN (
        SELECT id FROM outgoing_mails AS next
        WHERE state = 'waiting' AND next_try_at <= statement_timestamp() AND NOT EXISTS (
            SELECT FROM outgoing_mails AS earlier WHERE earlier.ticket_id = next.ticket_id
            AND coalesce(earlier.contact_id, earlier.partner_id)
                = coalesce(next.contact_id, next.partner_id) AND earlier.state = 'waiting'
            AND (earlier.planned_at, earlier.purpose = 'answer', earlier.message_id)
                < (next.planned_at, next.purpose = 'answer', next.message_id))
        ORDER BY attempts > 0, next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING *
    """
).bindparams(bindparam("length", type_=Interval))
_RETRY: Final = text(
    """
    UPDATE outgoing_mails SET lease = NULL, problem = :problem, refusals = :refusals,
        next_try_at = statement_timestamp() + :pause
    WHERE id = :id AND lease = :lease AND state = 'waiting'
    """
).bindparams(bindparam("pause", type_=Interval), bindparam("problem", type_=Text))
# Made once: to know a statement again takes longer than to send it.
_RENEW: Final = text(
    """
    UPDATE outgoing_mails SET next_try_at = statement_timestamp() + :length
    WHERE id = :id AND lease = :lease AND state = 'waiting'
    """
).bindparams(bindparam("length", type_=Interval))
_SETTLE: Final = text(
    """
    UPDATE outgoing_mails SET state = :state, problem = :problem, lease = NULL, settled_at = :at
    WHERE id = :id AND (lease = :lease AND state = 'waiting'
        OR :state = 'sent' AND state IN ('waiting', 'cancelled'))
    """
).bindparams(bindparam("state", type_=Text), bindparam("problem", type_=Text))


@dataclass(frozen=True, slots=True)
class LeasedMail:
    """A mail whose outcome only the holder of `lease` may store."""

    mail: OutgoingMail
    lease: UUID


async def add(tx: Connection, planned: Collection[OutgoingMail], at: datetime) -> None:
    """Store mails; one that is planned already, and a second receipt of a ticket, change nothing."""
    rows = [_row(mail, at) for mail in planned]
    if rows:
        await tx.execute(insert(outgoing_mails).values(rows).on_conflict_do_nothing())


async def lease(tx: Connection, length: timedelta, limit: int) -> list[LeasedMail]:
    """Lease up to `limit` mails that are to be sent now, for `length` of real time.

    They are new, to be tried again, or left behind by a holder whose lease has ended. New ones first,
    and what one recipient gets on one ticket in its order: one at a time, the oldest first.
    """
    rows = await tx.execute(_LEASE, {"length": length, "limit": limit})
    return [LeasedMail(_mail(row), row.lease) for row in rows]


async def renew(tx: Connection, leased: LeasedMail, length: timedelta) -> bool:
    """Hold it for `length` from this moment on. False where it was cancelled since, or the lease is lost."""
    values = {"id": leased.mail.id, "lease": leased.lease, "length": length}
    return (await tx.execute(_RENEW, values)).rowcount == 1


async def settle(tx: Connection, leased: LeasedMail, settled: Settled, at: datetime) -> bool:
    """Store the end of a mail. False where it has another one, or the lease is lost.

    What was sent is stored as sent also where the lease was lost, or it was cancelled meanwhile: it did
    reach the mail server.
    """
    values = {"id": leased.mail.id, "lease": leased.lease, "at": at}
    ended = values | {"state": settled.state, "problem": settled.problem}
    return (await tx.execute(_SETTLE, ended)).rowcount == 1


async def schedule_retry(tx: Connection, leased: LeasedMail, retry: Retry) -> None:
    """Let it be tried again after a pause, unless the lease is lost or it was cancelled."""
    values = {"id": leased.mail.id, "lease": leased.lease, "pause": retry.pause}
    await tx.execute(_RETRY, values | {"problem": retry.problem, "refusals": retry.refusals})


async def find(tx: Connection, ids: Collection[UUID]) -> Sequence[OutgoingMail]:
    """Those of these mails that are ours, by their ids."""
    query = select(outgoing_mails).where(outgoing_mails.c.id.in_(ids)).order_by(outgoing_mails.c.id)
    return [_mail(row) for row in await tx.execute(query)]


async def mark_bounced(tx: Connection, id: UUID, problem: str, at: datetime) -> bool:
    """Store that it came back. False where it has ended otherwise, or nobody can have got it yet."""
    ours = (outgoing_mails.c.id == id) & outgoing_mails.c.state.in_(("waiting", "sent"))
    ours &= outgoing_mails.c.attempts > 0
    values = {"state": "bounced", "problem": problem, "lease": None, "settled_at": at}
    return (await tx.execute(update(outgoing_mails).where(ours).values(values))).rowcount == 1


async def cancel_of(
    tx: Connection, contact: UUID, messages: Collection[UUID], at: datetime
) -> None:
    """Cancel what waits for this contact or about these messages, and forget the ids of their mails."""
    # As one array: a statement has at most 32,767 parameters.
    given = bindparam("about", list(messages), ARRAY(Uuid))
    about = (outgoing_mails.c.contact_id == contact) | (outgoing_mails.c.message_id == any_(given))
    waiting = outgoing_mails.c.state == "waiting"
    ended = {"state": "cancelled", "lease": None, "settled_at": at}
    await tx.execute(update(outgoing_mails).where(about, waiting).values(ended))
    forgotten: dict[str, Any] = {"in_reply_to": None, "referred_ids": [], "quoted_id": None}
    await tx.execute(update(outgoing_mails).where(about).values(forgotten))


async def count_refused(tx: Connection) -> int:
    """How many mails were tried, and not accepted yet."""
    waiting = (outgoing_mails.c.state == "waiting") & (outgoing_mails.c.attempts > 0)
    return await tx.scalar(select(func.count()).where(waiting)) or 0


def _row(mail: OutgoingMail, at: datetime) -> dict[str, Any]:
    values = {name: getattr(mail, name) for name in _STORED}
    settled_at = None if mail.state == "waiting" else at
    return values | {
        "id": mail.id,
        "referred_ids": list(mail.referred_ids),
        "settled_at": settled_at,
    }


def _mail(row: Any) -> OutgoingMail:
    values = {name: row._mapping[name] for name in _STORED}
    return OutgoingMail(**values | {"referred_ids": tuple(row.referred_ids)})

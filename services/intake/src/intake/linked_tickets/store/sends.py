"""What is to be sent to linked systems: leased one by one for each system, in order for each link."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Interval, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.files.domain.file_name import make_safe
from intake.linked_tickets.domain.link import SendKind, SendState
from intake.linked_tickets.domain.peer import RemoteFile
from intake.linked_tickets.tables import linked_sends
from intake.tickets.tables import attachments, messages

# A link that has no counterpart yet sends nothing but the request that makes it; the rest waits behind.
_LEASE: Final = text(
    """
    UPDATE linked_sends SET lease = :lease, attempts = attempts + 1,
        next_try_at = statement_timestamp() + :length
    WHERE position = (
        SELECT next.position FROM linked_sends AS next
        JOIN linked_tickets ON linked_tickets.id = next.link_id
        WHERE system_id = :system AND next.state = 'waiting'
            AND next.next_try_at <= statement_timestamp()
            AND (remote_id IS NOT NULL OR next.kind = 'create')
            AND NOT EXISTS (
                SELECT FROM linked_sends AS earlier
                WHERE earlier.link_id = next.link_id AND earlier.state = 'waiting'
                    AND earlier.position < next.position)
        ORDER BY next.position LIMIT 1 FOR UPDATE OF next SKIP LOCKED)
    RETURNING position, link_id, kind, message_id, attempts, lease, file, remote_file
    """
).bindparams(bindparam("length", type_=Interval))
_RETRY: Final = text(
    """
    UPDATE linked_sends SET lease = NULL, problem = :problem,
        next_try_at = statement_timestamp() + :pause
    WHERE position = :position AND lease = :lease AND state = 'waiting'
    """
).bindparams(bindparam("pause", type_=Interval))


_FIRST_FILES: Final = text(
    """
    INSERT INTO linked_sends (link_id, kind, message_id, file)
    SELECT :link, 'file', attachments.message_id, attachments.position FROM attachments
    WHERE message_id = (
        SELECT id FROM messages WHERE ticket_id = :ticket AND visibility = 'public'
        ORDER BY id LIMIT 1)
    ORDER BY attachments.position
    """
)
_IS_FILE: Final = (linked_sends.c.message_id == attachments.c.message_id) & (
    linked_sends.c.file == attachments.c.position
)


@dataclass(frozen=True, slots=True)
class LeasedSend:
    """Something to send or to fetch, whose outcome only the holder of `lease` may store.

    `file` is the position of a file in its message; `remote_file` says which of theirs is to be fetched.
    """

    position: int
    link_id: UUID
    kind: SendKind
    message_id: UUID | None
    attempts: int
    lease: UUID
    file: int | None = None
    remote_file: RemoteFile | None = None


async def find_sent_text(tx: Connection, link_id: UUID, message_id: UUID) -> str | None:
    """What the message says that goes, or went, out by this link; None for one that does not."""
    query = select(messages.c.text).join(linked_sends, linked_sends.c.message_id == messages.c.id)
    is_it = (linked_sends.c.link_id == link_id, messages.c.id == message_id)
    found: str | None = await tx.scalar(query.where(*is_it).limit(1))
    return found


async def list_sent_files(tx: Connection, link_id: UUID, message_id: UUID) -> Sequence[str]:
    """The names of the files of this message that go, or went, out by this link, as they are there."""
    query = select(attachments.c.name).join(linked_sends, _IS_FILE)
    is_it = (linked_sends.c.link_id == link_id, linked_sends.c.message_id == message_id)
    return [make_safe(name) for name in await tx.scalars(query.where(*is_it))]


async def has_sent_bytes(tx: Connection, link_id: UUID, digest: str) -> bool:
    """Whether a file with these bytes was sent by this link: then what comes is ours."""
    query = select(attachments.c.digest).join(linked_sends, _IS_FILE)
    is_it = (linked_sends.c.link_id == link_id, attachments.c.digest == digest)
    return await tx.scalar(query.where(*is_it).limit(1)) is not None


async def lease(tx: Connection, system: UUID, length: timedelta) -> LeasedSend | None:
    """Lease the oldest thing to send to a system, for `length` of real time; None without one."""
    values = {"system": system, "length": length, "lease": uuid7()}
    row = (await tx.execute(_LEASE, values)).one_or_none()
    if row is None:
        return None
    remote = row.remote_file and RemoteFile(**row.remote_file)
    return LeasedSend(**dict(row._mapping) | {"remote_file": remote})


async def settle(
    tx: Connection, send: LeasedSend, state: SendState, at: datetime, problem: str | None = None
) -> bool:
    """Store the end of a send. False where the lease is lost: then another one stores it."""
    ours = (
        linked_sends.c.position == send.position,
        linked_sends.c.lease == send.lease,
        linked_sends.c.state == "waiting",
    )
    values = {"state": state, "settled_at": at, "lease": None, "problem": problem}
    return (await tx.execute(update(linked_sends).where(*ours).values(values))).rowcount == 1


async def schedule_retry(tx: Connection, send: LeasedSend, pause: timedelta, problem: str) -> None:
    """Let it be tried again after a pause."""
    values = {"position": send.position, "lease": send.lease, "pause": pause, "problem": problem}
    await tx.execute(_RETRY, values)


async def add_create(tx: Connection, link: UUID) -> None:
    """Let the counterpart be made."""
    await tx.execute(insert(linked_sends).values(link_id=link, kind="create", **_WAITING))


async def add_fields(tx: Connection, link: UUID) -> None:
    """Let our values be sent, unless that waits already."""
    statement = upsert(linked_sends).values(link_id=link, kind="fields", **_WAITING)
    await tx.execute(statement.on_conflict_do_nothing())


async def add_first_files(tx: Connection, link: UUID, ticket: UUID) -> None:
    """Let the files follow with which the ticket was opened."""
    await tx.execute(_FIRST_FILES, {"link": link, "ticket": ticket})


async def add_fetch(tx: Connection, link: UUID, file: RemoteFile) -> None:
    """Let a file of theirs be fetched, unless that was asked for before."""
    values = {"link_id": link, "kind": "fetch", "remote_file": asdict(file), **_WAITING}
    await tx.execute(upsert(linked_sends).values(values).on_conflict_do_nothing())


async def is_waiting(tx: Connection, link: UUID) -> bool:
    """Whether a change of our values has not been sent yet."""
    query = select(linked_sends.c.position).where(
        linked_sends.c.link_id == link,
        linked_sends.c.state == "waiting",
        linked_sends.c.kind == "fields",
    )
    return await tx.scalar(query.limit(1)) is not None


async def retry_failed(tx: Connection, link: UUID) -> Sequence[int]:
    """Let everything that failed be tried again. Returns their positions."""
    failed = (linked_sends.c.link_id == link, linked_sends.c.state == "failed")
    values = _WAITING | {"settled_at": None, "lease": None}
    # Begun once, so that they count as begun: a newer change of values waits behind them.
    statement = update(linked_sends).where(*failed).values(values | {"attempts": 1})
    return list(await tx.scalars(statement.returning(linked_sends.c.position)))


async def cancel_of(tx: Connection, link: UUID, at: datetime) -> None:
    """Cancel everything that waits for a link."""
    waiting = (linked_sends.c.link_id == link, linked_sends.c.state == "waiting")
    values = {"state": "cancelled", "settled_at": at, "lease": None}
    await tx.execute(update(linked_sends).where(*waiting).values(values))


_WAITING: Final[dict[str, Any]] = {
    "state": "waiting",
    "attempts": 0,
    "next_try_at": text("statement_timestamp()"),
}

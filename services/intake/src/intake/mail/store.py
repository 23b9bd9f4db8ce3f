"""Every query about stored mails and the message ids of tickets' threads."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.bulk import execute_many, unnest
from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.mail.domain.mail import HEAD_DIGEST_CHARS
from intake.mail.tables import mail_threads, mails
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store.tickets import by_ids

Deletion = Literal["too_old", "erased"]
Outcome = Literal["received", "opened", "joined", "ignored", "unreadable"]
NextStep = Literal["receipt", "bounce"]


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as it came, committed. Its outcome is `received` until it is processed.

    `received_by` is the `sub` of the gateway, `gateway` the name under which it reported what it had
    checked, `authentication` what that was. `raw` is empty once it was deleted, and `raw_deleted_why`; then who
    wrote, and what, is gone, too. `text` is what a mail says that was held back; what others say is on their
    tickets. `next_step` is what
    `intake.outgoing` does afterwards: plan a receipt, or read a report on a mail of ours.
    `set_aside_by` (a `sub`) has looked at one that was held back, and found that nobody has to act on it.
    """

    id: UUID
    message_id: str
    fingerprint: str
    raw: bytes
    received_by: str
    received_at: datetime
    outcome: Outcome = "received"
    reason: str | None = None
    ticket_id: UUID | None = None
    raw_deleted_at: datetime | None = None
    raw_deleted_why: Deletion | None = None
    gateway: str | None = None
    authentication: Mapping[str, str] | None = None
    sender: str | None = None
    sender_name: str | None = None
    subject: str | None = None
    text: str | None = None
    occurrence: int = 0
    next_step: NextStep | None = None
    set_aside_by: str | None = None
    set_aside_at: datetime | None = None


REPETITION_TIME: Final = timedelta(hours=4)
"""How long a mail without id or date that looks like an earlier one counts as the same, sent again."""
COPY_TIME: Final = timedelta(days=1)
"""How long after a mail another copy of it comes; a device without a clock writes the same id and date for ever."""
EXCERPT_CHARS: Final = 2_000

# The ids come sorted, so that two mails of one thread cannot wait for each other.
_LOCK_THREAD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(id, 0)) FROM unnest(:ids) AS given (id)"
).bindparams(bindparam("ids", type_=ARRAY(Text)))

# Made once: to know a statement of many columns again takes longer than to send it.
_WITHOUT_RAW: Final = [column for column in mails.c if column.name != "raw"]
_IS_GIVEN: Final = mails.c.id == bindparam("given")
_INSERT: Final = insert(mails).on_conflict_do_nothing().returning(mails.c.id)
_LOCK_OUTCOME: Final = select(mails.c.outcome).where(_IS_GIVEN).with_for_update()
_SET_OUTCOME: Final = update(mails).where(_IS_GIVEN)
_IN_THREADS: Final = (
    select(mail_threads)
    .where(mail_threads.c.message_id == any_(bindparam("ids", type_=ARRAY(Text))))
    .order_by(mail_threads.c.ticket_id)
)
_THREAD_COLUMNS: Final = {"message_id": "text", "ticket_id": "uuid", "is_borne": "boolean"}
_ADD_TO_THREADS: Final = f"""
    INSERT INTO mail_threads AS known (message_id, ticket_id, is_borne)
    SELECT message_id, ticket_id, is_borne FROM {unnest(_THREAD_COLUMNS, "given")}
    ON CONFLICT (message_id, ticket_id) DO UPDATE SET is_borne = known.is_borne OR excluded.is_borne
"""


async def insert_or_get(tx: Connection, mail: StoredMail) -> UUID:
    """Store the mail unless it came before. The id of the stored one."""
    row = {name: getattr(mail, name) for name in StoredMail.__slots__}
    new: UUID | None = await tx.scalar(_INSERT, row)
    if new is not None:
        return new
    same = select(mails.c.id).where(_looks_like(mail), mails.c.occurrence == mail.occurrence)
    existing: UUID = (await tx.execute(same)).scalar_one()
    return existing


async def count_earlier(tx: Connection, mail: StoredMail) -> int:
    """Which occurrence this is of mails that look alike, which are locked: the last one's, if it may be the same."""
    await lock_thread(tx, [mail.fingerprint])
    query = select(mails.c.occurrence, mails.c.received_at).where(_looks_like(mail))
    last = (await tx.execute(query.order_by(mails.c.occurrence.desc()).limit(1))).one_or_none()
    if last is None:
        return 0
    is_repetition = mail.received_at - last.received_at < REPETITION_TIME
    return int(last.occurrence) if is_repetition else int(last.occurrence) + 1


def _looks_like(mail: StoredMail) -> ColumnElement[bool]:
    return (mails.c.message_id == mail.message_id) & (mails.c.fingerprint == mail.fingerprint)


async def is_processed(tx: Connection, id: UUID) -> bool:
    """Whether something became of the mail, which is locked until the transaction ends."""
    return bool(await tx.scalar(_LOCK_OUTCOME, {"given": id}) != "received")


async def lock(tx: Connection, id: UUID) -> StoredMail:
    """The mail, locked until the transaction ends."""
    row = (await tx.execute(select(mails).where(mails.c.id == id).with_for_update())).one()
    return StoredMail(**row._mapping)


async def find_without_raw(tx: Connection, id: UUID, *, lock: bool = False) -> StoredMail | None:
    """The mail, locked if asked for, without its raw bytes, which are up to 25 MiB; None where there is none."""
    query = select(*_WITHOUT_RAW).where(mails.c.id == id)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return StoredMail(**row._mapping, raw=b"") if row else None


async def find(tx: Connection, id: UUID) -> StoredMail | None:
    """The mail with its raw bytes; None where there is none."""
    row = (await tx.execute(select(mails).where(mails.c.id == id))).one_or_none()
    return StoredMail(**row._mapping) if row else None


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the mails that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, mails.c.id, ids)


async def list_unprocessed(tx: Connection, before: datetime, limit: int) -> list[UUID]:
    """The mails that came before this moment and of which nothing became yet, the oldest first."""
    query = select(mails.c.id).where(mails.c.outcome == "received", mails.c.received_at <= before)
    return list(await tx.scalars(query.order_by(mails.c.id).limit(limit)))


async def set_outcome(tx: Connection, mail: StoredMail) -> None:
    """Store what is known of a mail once it is processed."""
    names = (
        "outcome",
        "reason",
        "ticket_id",
        "sender",
        "sender_name",
        "subject",
        "text",
        "authentication",
        "next_step",
    )
    changed = {name: getattr(mail, name) for name in names}
    if mail.outcome != "ignored":
        changed |= {"set_aside_by": None, "set_aside_at": None}
    await tx.execute(_SET_OUTCOME, changed | {"given": mail.id})


async def set_aside(tx: Connection, mail: StoredMail) -> None:
    """Store who found that nobody has to act on a mail, and when."""
    changed = {"set_aside_by": mail.set_aside_by, "set_aside_at": mail.set_aside_at}
    await tx.execute(update(mails).where(mails.c.id == mail.id), changed)


async def lock_thread(tx: Connection, ids: Collection[str]) -> None:
    """Process one mail of a thread at a time; otherwise two of them could open two tickets."""
    await tx.execute(_LOCK_THREAD, {"ids": sorted(ids)})


async def tickets_of(
    tx: Connection, ids: Collection[str], own: str | None
) -> dict[str, list[Ticket]]:
    """For each message id the tickets whose mails have it or refer to it, as far as it leads to one (I1).

    `own` is the id of the mail that is looked at: where an earlier mail has it already, it is no id. An id
    that mails of several tickets have leads nowhere.
    """
    pairs = (await tx.execute(_IN_THREADS, {"ids": list(ids)})).all()
    bearers = Counter(pair.message_id for pair in pairs if pair.is_borne)
    leading = [
        pair for pair in pairs if bearers[pair.message_id] < (1 if pair.message_id == own else 2)
    ]
    tickets_by_id = await by_ids(tx, {pair.ticket_id for pair in leading})
    seen: dict[str, list[Ticket]] = {}
    for pair in leading:
        seen.setdefault(pair.message_id, []).append(tickets_by_id[pair.ticket_id])
    return seen


async def find_other_copy(tx: Connection, mail: StoredMail) -> Ticket | None:
    """The ticket of the same mail that came by another way, with a footer, say; None without one.

    The same is what has the same id, sender, date and subject, and came within a day.
    """
    head = mail.fingerprint[:HEAD_DIGEST_CHARS]
    query = select(mails.c.ticket_id).where(
        mails.c.message_id == mail.message_id,
        mails.c.fingerprint.startswith(head, autoescape=True),
        mails.c.id != mail.id,
        mails.c.ticket_id.is_not(None),
        mails.c.received_at > mail.received_at - COPY_TIME,
    )
    id = await tx.scalar(query.order_by(mails.c.id).limit(1))
    return None if id is None else (await by_ids(tx, [id])).get(id)


async def add_to_thread(
    tx: Connection, ids: Collection[str], own: str | None, ticket_id: UUID
) -> None:
    """Store that these message ids belong to the ticket, and that one of its mails has the id `own`."""
    await execute_many(tx, _ADD_TO_THREADS, [(id, ticket_id, id == own) for id in set(ids)])


async def add_own_ids(tx: Connection, ids: Mapping[str, UUID]) -> None:
    """Store the ids of mails of ours, each as one of its ticket's thread."""
    await execute_many(tx, _ADD_TO_THREADS, [(id, ticket, True) for id, ticket in ids.items()])


async def list_by_outcome(
    tx: Connection, outcome: Outcome, after: tuple[UUID] | None, limit: int
) -> Sequence[StoredMail]:
    """Mails with that outcome, newest first, without their raw bytes; `limit` and one more.

    Of what they say, the beginning.
    """
    columns = [column for column in _WITHOUT_RAW if column.name != "text"]
    excerpt = func.left(mails.c.text, EXCERPT_CHARS).label("text")
    query = select(*columns, excerpt).where(mails.c.outcome == outcome)
    rows = await tx.execute(page_after(query, [mails.c.id.desc()], after, limit))
    return [StoredMail(**row._mapping, raw=b"") for row in rows]


async def count_held_back(tx: Connection) -> dict[str, int]:
    """How many mails were held back as a machine's, by reason."""
    query = select(mails.c.reason, func.count()).where(mails.c.outcome == "ignored")
    rows = await tx.execute(query.group_by(mails.c.reason).order_by(mails.c.reason))
    return {reason: count for reason, count in rows}

"""Digests of people, and the items that they consist of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.aggregate_locks import lock_available as lock_rows
from escalation.digests.tables import digest_items, digests

_WAITS = digest_items.c.escalation_id.is_(None)


async def lock(tx: Connection, person: str) -> UUID:
    """Lock the digest of a person (a `sub`), which is made where it is missing, and return its id."""
    new = insert(digests).values(id=uuid7(), person=person)
    await tx.execute(new.on_conflict_do_nothing(index_elements=["person"]))
    query = select(digests.c.id).where(digests.c.person == person).with_for_update()
    found: UUID = (await tx.scalars(query)).one()
    return found


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of these digests that nobody else has locked. One that is gone counts as locked."""
    return await lock_rows(tx, digests.c.id, ids)


async def get_person(tx: Connection, digest_id: UUID) -> str | None:
    """The person whose digest it is; None where there is none."""
    person: str | None = await tx.scalar(select(digests.c.person).where(digests.c.id == digest_id))
    return person


async def put_item(tx: Connection, digest_id: UUID, subject: str, line: str, at: datetime) -> None:
    """Let the next digest say `line` about `subject`, instead of what it would have said before."""
    row = {"id": uuid7(), "digest_id": digest_id, "subject": subject, "line": line, "at": at}
    new = insert(digest_items).values(row)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["digest_id", "subject"],
            index_where=_WAITS,
            set_={"line": line, "at": at},
        )
    )


async def drop_items(tx: Connection, subject: str) -> None:
    """Let no digest that is not sent yet say anything about `subject`."""
    await tx.execute(delete(digest_items).where(digest_items.c.subject == subject, _WAITS))


async def list_waiting(tx: Connection, digest_id: UUID) -> list[str]:
    """What the next digest says, oldest first."""
    query = select(digest_items.c.line).where(digest_items.c.digest_id == digest_id, _WAITS)
    return list(await tx.scalars(query.order_by(digest_items.c.at, digest_items.c.subject)))


async def mark_sent(tx: Connection, digest_id: UUID, escalation_id: UUID) -> None:
    """Store by which case the waiting items are said."""
    waiting = (digest_items.c.digest_id == digest_id) & _WAITS
    await tx.execute(update(digest_items).where(waiting).values(escalation_id=escalation_id))


async def list_sent(tx: Connection, escalation_id: UUID) -> tuple[str, ...]:
    """What the digest of this case says, oldest first; nothing for any other case."""
    query = select(digest_items.c.line).where(digest_items.c.escalation_id == escalation_id)
    return tuple(await tx.scalars(query.order_by(digest_items.c.at, digest_items.c.subject)))

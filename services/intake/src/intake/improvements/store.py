"""Every query about improvements of the monitoring."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key, next_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.improvements.domain import Improvement
from intake.improvements.tables import monitoring_improvements as improvements

_OPEN: Final = improvements.c.verified_by.is_(None)


async def new_key(tx: Connection) -> str:
    """The key of the next improvement: MON-1."""
    return await next_key(tx, "MON", "monitoring_improvement_numbers")


async def add(tx: Connection, improvement: Improvement) -> bool:
    """Store what is owed. False where it is owed for that ticket and that cause already."""
    statement = insert(improvements).values(_row(improvement)).on_conflict_do_nothing()
    return (await tx.execute(statement)).rowcount == 1


async def is_owed(tx: Connection, ticket_id: UUID, cause: str) -> bool:
    """Whether something is owed for this ticket and cause, or was."""
    query = select(improvements.c.id).where(
        improvements.c.ticket_id == ticket_id, improvements.c.cause == cause
    )
    return await tx.scalar(query) is not None


async def lock(tx: Connection, reference: str) -> Improvement | None:
    """The improvement with this id or key, locked; None without one."""
    query = select(improvements).where(by_id_or_key(improvements, reference)).with_for_update()
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _improvement(row)


async def find(tx: Connection, reference: str) -> Improvement | None:
    """The improvement with this id or key; None without one."""
    query = select(improvements).where(by_id_or_key(improvements, reference))
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _improvement(row)


async def by_ids(tx: Connection, ids: Sequence[UUID]) -> Sequence[Improvement]:
    """Those of these improvements that exist, by their ids."""
    query = select(improvements).where(improvements.c.id.in_(ids)).order_by(improvements.c.id)
    return [_improvement(row) for row in await tx.execute(query)]


async def page(
    tx: Connection, is_open: bool | None, after: tuple[UUID] | None, limit: int
) -> Sequence[Improvement]:
    """Improvements, the newest first: all, or those that are not verified yet, or that are."""
    query = select(improvements)
    if is_open is not None:
        query = query.where(_OPEN if is_open else ~_OPEN)
    rows = await tx.execute(page_after(query, [improvements.c.id.desc()], after, limit))
    return [_improvement(row) for row in rows]


async def save(tx: Connection, improvement: Improvement) -> None:
    """Store a change."""
    changed = update(improvements).where(improvements.c.id == improvement.id)
    await tx.execute(changed.values(_row(improvement)))


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, improvements.c.id, ids)


def _row(improvement: Improvement) -> dict[str, Any]:
    return {name: getattr(improvement, name) for name in Improvement.__slots__}


def _improvement(row: Row[Any]) -> Improvement:
    return Improvement(**row._mapping)

"""Orders to change all open clocks of an agreement; `clocks.bulk_updates` carries them out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.persistence.database import Connection
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.agreements.tables import clock_sweeps as sweeps

BulkUpdateKind = Literal["cancel", "move", "extend", "shorten"]


@dataclass(frozen=True, slots=True)
class BulkUpdate:
    """`version_id`: where clocks are moved to. `confirmed_by`: the second person behind a change that
    could hide a breach. `looks`: how often its clocks have been looked for; `changed`: how many."""

    id: UUID
    agreement_id: UUID
    kind: BulkUpdateKind
    version_id: UUID | None
    reason: str
    decided_by: str
    decided_at: datetime
    confirmed_by: str | None = None
    looks: int = 0
    changed: int = 0
    done_at: datetime | None = None


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the sweeps that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, sweeps.c.id, ids)


async def add(tx: Connection, bulk_update: BulkUpdate) -> None:
    values = {
        "id": bulk_update.id,
        "agreement_id": bulk_update.agreement_id,
        "kind": bulk_update.kind,
        "version_id": bulk_update.version_id,
        "reason": bulk_update.reason,
        "decided_by": bulk_update.decided_by,
        "decided_at": bulk_update.decided_at,
        "confirmed_by": bulk_update.confirmed_by,
    }
    await tx.execute(insert(sweeps).values(**values, looks=0, changed=0))


async def load(tx: Connection, ids: Collection[UUID]) -> list[BulkUpdate]:
    rows = await tx.execute(select(sweeps).where(sweeps.c.id.in_(ids)).order_by(sweeps.c.id))
    return [_bulk_update(row) for row in rows]


async def list_by_agreement(
    tx: Connection, agreement_id: UUID, limit: int, after: UUID | None
) -> list[BulkUpdate]:
    """Up to `limit` + 1, newest first."""
    statement = select(sweeps).where(sweeps.c.agreement_id == agreement_id)
    if after is not None:
        statement = statement.where(sweeps.c.id < after)
    newest = statement.order_by(sweeps.c.id.desc()).limit(limit + 1)
    return [_bulk_update(row) for row in await tx.execute(newest)]


async def add_changed(tx: Connection, bulk_update: BulkUpdate, changed: int) -> None:
    total = sweeps.c.changed + changed
    await tx.execute(update(sweeps).where(sweeps.c.id == bulk_update.id).values(changed=total))


async def finish(tx: Connection, bulk_update: BulkUpdate, at: datetime) -> None:
    await tx.execute(update(sweeps).where(sweeps.c.id == bulk_update.id).values(done_at=at))


def _bulk_update(row: Row[Any]) -> BulkUpdate:
    return BulkUpdate(**row._mapping)


async def add_scan(tx: Connection, bulk_update: BulkUpdate) -> None:
    """Count one more look for clocks that the order is about."""
    statement = update(sweeps).where(sweeps.c.id == bulk_update.id)
    await tx.execute(statement.values(looks=bulk_update.looks + 1))

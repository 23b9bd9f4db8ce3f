"""Orders to change all open clocks of an agreement. `sla.clocks.bulk_updates` carries them out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.agreements.tables import bulk_updates

BulkUpdateKind = Literal["cancel", "move", "extend", "shorten", "calendar"]


@dataclass(frozen=True, slots=True)
class BulkUpdate:
    """An order to change all open clocks of an agreement.

    `version_id` is the version to which they are moved. `confirmed_by` is the second person behind
    a change that could hide a breach. `effective_at`: from when on, where not from the decision. `looks` counts the scans for clocks so far, `changed` the
    clocks changed.
    """

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
    effective_at: datetime | None = None

    @property
    def applies_from(self) -> datetime:
        """The instant from which on the clocks are changed."""
        return self.effective_at or self.decided_at


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the sweeps that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, bulk_updates.c.id, ids)


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
        "effective_at": bulk_update.effective_at,
    }
    await tx.execute(insert(bulk_updates).values(**values, looks=0, changed=0))


async def load(tx: Connection, ids: Collection[UUID]) -> list[BulkUpdate]:
    rows = await tx.execute(
        select(bulk_updates).where(bulk_updates.c.id.in_(ids)).order_by(bulk_updates.c.id)
    )
    return [_bulk_update(row) for row in rows]


async def list_by_agreement(
    tx: Connection, agreement_id: UUID, limit: int, after: tuple[UUID] | None
) -> list[BulkUpdate]:
    """Up to `limit` + 1 orders of an agreement, newest first."""
    statement = select(bulk_updates).where(bulk_updates.c.agreement_id == agreement_id)
    rows = await tx.execute(page_after(statement, (bulk_updates.c.id.desc(),), after, limit))
    return [_bulk_update(row) for row in rows]


async def add_changed(tx: Connection, bulk_update: BulkUpdate, changed: int) -> None:
    """Add to the number of clocks changed."""
    total = bulk_updates.c.changed + changed
    await tx.execute(
        update(bulk_updates).where(bulk_updates.c.id == bulk_update.id).values(changed=total)
    )


async def finish(tx: Connection, bulk_update: BulkUpdate, at: datetime) -> None:
    await tx.execute(
        update(bulk_updates).where(bulk_updates.c.id == bulk_update.id).values(done_at=at)
    )


def _bulk_update(row: Row[Any]) -> BulkUpdate:
    return BulkUpdate(**row._mapping)


async def add_scan(tx: Connection, bulk_update: BulkUpdate) -> None:
    """Count one more scan for the clocks of the order."""
    statement = update(bulk_updates).where(bulk_updates.c.id == bulk_update.id)
    await tx.execute(statement.values(looks=bulk_update.looks + 1))

"""Sweeps: a change of all open clocks of an agreement, found once and carried out in batches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Row, Uuid, bindparam, insert, select, text, update

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.tables import clock_sweeps as sweeps
from sla.clocks.tables import clocks

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


_LOCK = text(
    "SELECT id FROM clock_sweeps WHERE id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_INSERT_ITEMS = text(
    """
    INSERT INTO clock_sweep_items (sweep_id, clock_id)
    SELECT :sweep, measured.id FROM (
        SELECT clocks.id, tickets.agreement_version,
            CASE WHEN :move AND clocks.state = 'stopped' AND tickets.ended_at IS NULL
                THEN 'not_started' ELSE clocks.state END AS state
        FROM clocks JOIN tickets ON tickets.id = clocks.ticket_id WHERE clocks.contract = 'sla'
        UNION ALL
        SELECT id, agreement_version, state FROM clocks WHERE agreement_version IS NOT NULL
    ) AS measured
    JOIN agreement_versions ON agreement_versions.id = measured.agreement_version
    WHERE agreement_versions.agreement_id = :agreement
        AND measured.agreement_version IS DISTINCT FROM :version
        AND measured.state IN ('running', 'paused', 'not_started', 'no_target')
    ON CONFLICT DO NOTHING
    """
).bindparams(bindparam("version", type_=Uuid), bindparam("move", type_=Boolean))
_DELETE_ITEMS = text(
    """
    DELETE FROM clock_sweep_items WHERE (sweep_id, clock_id) IN (
        SELECT sweep_id, clock_id FROM clock_sweep_items WHERE sweep_id = :sweep
        ORDER BY clock_id LIMIT :most)
    RETURNING clock_id
    """
)
_UPDATE_TICKETS = text(
    "UPDATE tickets SET agreement_version = :version WHERE id = ANY(:tickets)"
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the sweeps that nobody else holds. One that does not exist counts as locked."""
    locked = set(await tx.scalars(_LOCK, {"ids": list(ids)}))
    existing = set(await tx.scalars(select(sweeps.c.id).where(sweeps.c.id.in_(ids))))
    return locked | (set(ids) - existing)


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


async def collect_clocks(tx: Connection, bulk_update: BulkUpdate) -> None:
    """Look for the clocks that are to change: open ones, of tickets not yet moved. Of a move also
    stopped ones of open tickets: to these more may be promised now."""
    version = bulk_update.version_id if bulk_update.kind == "move" else None
    is_move = bulk_update.kind == "move"
    parameters = {
        "sweep": bulk_update.id,
        "agreement": bulk_update.agreement_id,
        "version": version,
        "move": is_move,
    }
    await tx.execute(_INSERT_ITEMS, parameters)
    statement = (
        update(sweeps).where(sweeps.c.id == bulk_update.id).values(looks=bulk_update.looks + 1)
    )
    await tx.execute(statement)


async def claim_clocks(tx: Connection, bulk_update: BulkUpdate, limit: int) -> list[UUID]:
    """The next clocks of a sweep, which is locked; they are not looked at again."""
    return list(await tx.scalars(_DELETE_ITEMS, {"sweep": bulk_update.id, "most": limit}))


async def add_changed(tx: Connection, bulk_update: BulkUpdate, changed: int) -> None:
    total = sweeps.c.changed + changed
    await tx.execute(update(sweeps).where(sweeps.c.id == bulk_update.id).values(changed=total))


async def finish(tx: Connection, bulk_update: BulkUpdate, at: datetime) -> None:
    await tx.execute(update(sweeps).where(sweeps.c.id == bulk_update.id).values(done_at=at))


async def move_tickets(tx: Connection, ids: Collection[UUID], version: UUID) -> None:
    """From now on these tickets are promised by that version."""
    await tx.execute(_UPDATE_TICKETS, {"tickets": list(ids), "version": version})


async def move_supplier_clocks(tx: Connection, ids: Collection[UUID], version: Agreement) -> None:
    """From now on these clocks of a partner or second level are promised by that version."""
    statement = update(clocks).where(clocks.c.id.in_(ids))
    await tx.execute(statement.values(agreement_version=version.id, agreement=version.key))


def _bulk_update(row: Row[Any]) -> BulkUpdate:
    return BulkUpdate(**row._mapping)

"""Corrections of outages: requested by one person, confirmed by another (R1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.persistence.database import Connection
from sla.outages.domain.outage import OutageChange
from sla.outages.tables import outage_corrections as table

CorrectionState = Literal["requested", "confirmed", "refused"]
_CHANGE_COLUMNS = ("started_at", "ended_at", "reopened", "effect", "counts")


@dataclass(frozen=True, slots=True)
class Correction:
    """A requested change of an outage, and the decision on it."""

    id: UUID
    outage_id: UUID
    change: OutageChange
    reason: str
    requested_by: str
    requested_at: datetime
    state: CorrectionState = "requested"
    decided_by: str | None = None
    decided_at: datetime | None = None


async def add(tx: Connection, correction: Correction) -> None:
    change = {name: getattr(correction.change, name) for name in _CHANGE_COLUMNS}
    await tx.execute(insert(table).values(**_own_columns(correction), **change))


async def save_decision(tx: Connection, correction: Correction) -> None:
    """Store a decision. The outage's row is locked, which excludes other decisions."""
    statement = update(table).where(table.c.id == correction.id)
    await tx.execute(statement.values(**_own_columns(correction)))


async def find(tx: Connection, outage_id: UUID, id: UUID) -> Correction | None:
    query = select(table).where(table.c.id == id, table.c.outage_id == outage_id)
    row = (await tx.execute(query)).one_or_none()
    return _to_correction(row) if row else None


async def list_of_outage(tx: Connection, outage_id: UUID, limit: int) -> list[Correction]:
    """List the newest `limit` corrections of an outage."""
    newest_first = table.c.requested_at.desc(), table.c.id.desc()
    query = select(table).where(table.c.outage_id == outage_id).order_by(*newest_first).limit(limit)
    return [_to_correction(row) for row in await tx.execute(query)]


def _own_columns(correction: Correction) -> dict[str, Any]:
    return {
        "id": correction.id,
        "outage_id": correction.outage_id,
        "reason": correction.reason,
        "requested_by": correction.requested_by,
        "requested_at": correction.requested_at,
        "state": correction.state,
        "decided_by": correction.decided_by,
        "decided_at": correction.decided_at,
    }


def _to_correction(row: Row[Any]) -> Correction:
    change = OutageChange(**{name: getattr(row, name) for name in _CHANGE_COLUMNS})
    return Correction(
        row.id,
        row.outage_id,
        change,
        row.reason,
        row.requested_by,
        row.requested_at,
        row.state,
        row.decided_by,
        row.decided_at,
    )

"""Corrections of outages: asked for by one person, confirmed by another (R1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.persistence.database import Connection
from sla.outages.domain.outage import Wish
from sla.outages.tables import outage_corrections as table

State = Literal["requested", "confirmed", "refused"]
_WISH = ("started_at", "ended_at", "reopened", "effect", "counts")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person wants an outage to say, and who decided on it."""

    id: UUID
    outage_id: UUID
    wish: Wish
    reason: str
    requested_by: str
    requested_at: datetime
    state: State = "requested"
    decided_by: str | None = None
    decided_at: datetime | None = None


async def add(tx: Connection, correction: Correction) -> None:
    wish = {name: getattr(correction.wish, name) for name in _WISH}
    await tx.execute(insert(table).values(**_own(correction), **wish))


async def decide(tx: Connection, correction: Correction) -> None:
    """Keep a decision. The outage's row is locked, and so nobody decides beside it."""
    decided = update(table).where(table.c.id == correction.id)
    await tx.execute(decided.values(**_own(correction)))


async def find(tx: Connection, outage_id: UUID, id: UUID) -> Correction | None:
    mine = select(table).where(table.c.id == id, table.c.outage_id == outage_id)
    row = (await tx.execute(mine)).one_or_none()
    return _correction(row) if row else None


async def of_outage(tx: Connection, outage_id: UUID, most: int) -> list[Correction]:
    """The newest `most` corrections of an outage."""
    newest = table.c.requested_at.desc(), table.c.id.desc()
    mine = select(table).where(table.c.outage_id == outage_id).order_by(*newest).limit(most)
    return [_correction(row) for row in await tx.execute(mine)]


def _own(correction: Correction) -> dict[str, Any]:
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


def _correction(row: Row[Any]) -> Correction:
    wish = Wish(**{name: getattr(row, name) for name in _WISH})
    return Correction(
        row.id,
        row.outage_id,
        wish,
        row.reason,
        row.requested_by,
        row.requested_at,
        row.state,
        row.decided_by,
        row.decided_at,
    )

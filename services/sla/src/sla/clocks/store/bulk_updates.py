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

Kind = Literal["cancel", "move", "extend", "shorten"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """`version_id`: where clocks are moved to. `confirmed_by`: the second person behind a change that
    could hide a breach. `looks`: how often its clocks have been looked for; `changed`: how many."""

    id: UUID
    agreement_id: UUID
    kind: Kind
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
_GATHER = text(
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
_TAKE = text(
    """
    DELETE FROM clock_sweep_items WHERE (sweep_id, clock_id) IN (
        SELECT sweep_id, clock_id FROM clock_sweep_items WHERE sweep_id = :sweep
        ORDER BY clock_id LIMIT :most)
    RETURNING clock_id
    """
)
_MOVED = text(
    "UPDATE tickets SET agreement_version = :version WHERE id = ANY(:tickets)"
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))


async def lock(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the sweeps that nobody else holds. One that does not exist counts as locked."""
    locked = set(await tx.scalars(_LOCK, {"ids": list(ids)}))
    there = set(await tx.scalars(select(sweeps.c.id).where(sweeps.c.id.in_(ids))))
    return locked | (set(ids) - there)


async def add(tx: Connection, sweep: Sweep) -> None:
    values = {
        "id": sweep.id,
        "agreement_id": sweep.agreement_id,
        "kind": sweep.kind,
        "version_id": sweep.version_id,
        "reason": sweep.reason,
        "decided_by": sweep.decided_by,
        "decided_at": sweep.decided_at,
        "confirmed_by": sweep.confirmed_by,
    }
    await tx.execute(insert(sweeps).values(**values, looks=0, changed=0))


async def load(tx: Connection, ids: Collection[UUID]) -> list[Sweep]:
    found = await tx.execute(select(sweeps).where(sweeps.c.id.in_(ids)).order_by(sweeps.c.id))
    return [_sweep(row) for row in found]


async def of_agreement(
    tx: Connection, agreement_id: UUID, limit: int, after: UUID | None
) -> list[Sweep]:
    """Up to `limit` + 1, newest first."""
    mine = select(sweeps).where(sweeps.c.agreement_id == agreement_id)
    if after is not None:
        mine = mine.where(sweeps.c.id < after)
    newest = mine.order_by(sweeps.c.id.desc()).limit(limit + 1)
    return [_sweep(row) for row in await tx.execute(newest)]


async def gather(tx: Connection, sweep: Sweep) -> None:
    """Look for the clocks that are to change: open ones, of tickets not yet moved. Of a move also
    stopped ones of open tickets: to these more may be promised now."""
    version = sweep.version_id if sweep.kind == "move" else None
    move = sweep.kind == "move"
    asked = {"sweep": sweep.id, "agreement": sweep.agreement_id, "version": version, "move": move}
    await tx.execute(_GATHER, asked)
    looked = update(sweeps).where(sweeps.c.id == sweep.id).values(looks=sweep.looks + 1)
    await tx.execute(looked)


async def take(tx: Connection, sweep: Sweep, most: int) -> list[UUID]:
    """The next clocks of a sweep, which is locked; they are not looked at again."""
    return list(await tx.scalars(_TAKE, {"sweep": sweep.id, "most": most}))


async def count(tx: Connection, sweep: Sweep, changed: int) -> None:
    more = sweeps.c.changed + changed
    await tx.execute(update(sweeps).where(sweeps.c.id == sweep.id).values(changed=more))


async def finish(tx: Connection, sweep: Sweep, at: datetime) -> None:
    await tx.execute(update(sweeps).where(sweeps.c.id == sweep.id).values(done_at=at))


async def move_tickets(tx: Connection, ids: Collection[UUID], version: UUID) -> None:
    """From now on these tickets are promised by that version."""
    await tx.execute(_MOVED, {"tickets": list(ids), "version": version})


async def move_behind(tx: Connection, ids: Collection[UUID], to: Agreement) -> None:
    """From now on these clocks of a partner or second level are promised by that version."""
    moved = update(clocks).where(clocks.c.id.in_(ids))
    await tx.execute(moved.values(agreement_version=to.id, agreement=to.key))


def _sweep(row: Row[Any]) -> Sweep:
    return Sweep(**row._mapping)

"""Linked systems, and how they are held while they do not answer."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Interval, Row, bindparam, insert, select, text, update

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from intake.linked_tickets.domain.link import LinkedSystem
from intake.linked_tickets.domain.peer import FieldMap
from intake.linked_tickets.tables import linked_systems

_DUE: Final = text(
    """
    SELECT id FROM linked_systems
    WHERE NOT retired AND coalesce(held_until <= statement_timestamp(), true) AND EXISTS (
        SELECT FROM linked_tickets JOIN linked_sends ON link_id = linked_tickets.id
        WHERE system_id = linked_systems.id AND linked_sends.state = 'waiting'
            AND next_try_at <= statement_timestamp())
    ORDER BY id
    """
)
_HOLD: Final = text(
    """
    UPDATE linked_systems SET failures = failures + 1, problem = :problem,
        held_since = coalesce(held_since, statement_timestamp()),
        held_until = statement_timestamp() + :pause WHERE id = :id
    """
).bindparams(bindparam("pause", type_=Interval))
_HELD: Final = text(
    """
    SELECT key, problem, held_since FROM linked_systems
    WHERE held_since IS NOT NULL AND NOT retired ORDER BY key
    """
)


async def find(tx: Connection, ref: str | UUID) -> LinkedSystem | None:
    """The system with this id or key; None without one."""
    query = select(linked_systems).where(by_id_or_key(linked_systems, ref))
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _system(row)


async def add(tx: Connection, system: LinkedSystem) -> bool:
    """Store a new system. False when its key is taken."""
    if await find(tx, system.key) is not None:
        return False
    await tx.execute(insert(linked_systems).values(asdict(system)))
    return True


async def save(tx: Connection, system: LinkedSystem) -> None:
    """Store where a system is, who posts for it, its map of fields, and whether it is retired."""
    names = ("base_url", "webhook_client", "retired")
    values: dict[str, Any] = {name: getattr(system, name) for name in names}
    values |= {"fields": asdict(system.fields)}
    await tx.execute(update(linked_systems).where(linked_systems.c.id == system.id).values(values))


async def page(tx: Connection, after: tuple[UUID] | None, limit: int) -> Sequence[LinkedSystem]:
    """All systems, the oldest first: `limit` and one more behind the id `after`."""
    query = page_after(select(linked_systems), [linked_systems.c.id], after, limit)
    return [_system(row) for row in await tx.execute(query)]


async def due(tx: Connection) -> list[UUID]:
    """The systems for which something is to be sent now, and that are not held."""
    return list(await tx.scalars(_DUE))


async def hold(tx: Connection, id: UUID, pause: timedelta, problem: str) -> None:
    """Send nothing to a system for a while, since it does not answer."""
    await tx.execute(_HOLD, {"id": id, "pause": pause, "problem": problem})


async def release(tx: Connection, id: UUID) -> None:
    """It answers: it is held no more."""
    values = {"failures": 0, "held_since": None, "held_until": None, "problem": None}
    held = (linked_systems.c.id == id) & linked_systems.c.held_since.is_not(None)
    await tx.execute(update(linked_systems).where(held).values(values))


async def list_held(tx: Connection) -> dict[str, str]:
    """The systems that do not answer, with the reason and since when."""
    return {
        row.key: f"{row.problem}, since {row.held_since.isoformat(timespec='seconds')}"
        for row in await tx.execute(_HELD)
    }


def _system(row: Row[Any]) -> LinkedSystem:
    values = {name: value for name, value in row._mapping.items() if name != "held_until"}
    return LinkedSystem(**values | {"fields": FieldMap(**values["fields"])})

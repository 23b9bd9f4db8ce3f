"""Waivers. The clock's row is locked before a waiver's: that is where approval and breach meet."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, update

from common.database import Connection
from sla.tables.waivers import waivers
from sla.waivers.waiver import Waiver


async def next_key(tx: Connection) -> str:
    """What people call the next waiver: `WVR-17`."""
    number = await tx.scalar(text("SELECT nextval('waiver_numbers')"))
    return f"WVR-{number}"


async def add(tx: Connection, waiver: Waiver, sequence: int) -> None:
    await tx.execute(insert(waivers).values(**asdict(waiver), sequence=sequence))


async def save(tx: Connection, waiver: Waiver, sequence: int) -> None:
    changed = update(waivers).where(waivers.c.id == waiver.id)
    await tx.execute(changed.values(**asdict(waiver), sequence=sequence))


async def find(
    tx: Connection, id_or_key: UUID | str, *, lock: bool = False
) -> tuple[Waiver, int] | None:
    """The waiver and its sequence. Lock the clock first."""
    column = waivers.c.id if isinstance(id_or_key, UUID) else waivers.c.key
    found = select(waivers).where(column == id_or_key)
    row = (await tx.execute(found.with_for_update() if lock else found)).one_or_none()
    return (_waiver(row), row.sequence) if row else None


async def page(
    tx: Connection, state: str | None, limit: int, after: tuple[datetime, UUID] | None
) -> list[tuple[Waiver, int]]:
    """Up to `limit` + 1 waivers, the oldest first."""
    listed = select(waivers).order_by(waivers.c.requested_at, waivers.c.id).limit(limit + 1)
    if state is not None:
        listed = listed.where(waivers.c.state == state)
    if after is not None:
        at, id = after
        same = (waivers.c.requested_at == at) & (waivers.c.id > id)
        listed = listed.where((waivers.c.requested_at > at) | same)
    return [(_waiver(row), row.sequence) for row in await tx.execute(listed)]


def _waiver(row: Row[Any]) -> Waiver:
    return Waiver(**{field.name: getattr(row, field.name) for field in fields(Waiver)})

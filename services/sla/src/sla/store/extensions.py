"""Cover extensions, and the calendars with which versions count because of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.database import Connection
from sla.agreements.cover import Extension
from sla.tables.agreements import agreement_versions, cover_extensions

Place = tuple[datetime, UUID]
"""Where a page ended: start and id."""


async def add(tx: Connection, agreement_id: UUID, extension: Extension) -> None:
    values = {
        "id": extension.id,
        "agreement_id": agreement_id,
        "starts_at": extension.start,
        "ends_at": extension.end,
        "priorities": list(extension.priorities),
        "reason": extension.reason,
        "made_by": extension.made_by,
        "made_at": extension.made_at,
    }
    await tx.execute(insert(cover_extensions).values(**values))


async def to_come(tx: Connection, agreement_id: UUID, at: datetime) -> list[Extension]:
    """Those that are not over at `at`."""
    mine = select(cover_extensions).where(cover_extensions.c.agreement_id == agreement_id)
    ahead = mine.where(cover_extensions.c.ends_at > at).order_by(cover_extensions.c.starts_at)
    return [_extension(row) for row in await tx.execute(ahead)]


async def page(
    tx: Connection, agreement_id: UUID, limit: int, after: Place | None
) -> list[Extension]:
    """Up to `limit` + 1, in the order in which they begin."""
    table = cover_extensions
    mine = select(table).where(table.c.agreement_id == agreement_id)
    if after is not None:
        same = (table.c.starts_at == after[0]) & (table.c.id > after[1])
        mine = mine.where((table.c.starts_at > after[0]) | same)
    ordered = mine.order_by(table.c.starts_at, table.c.id).limit(limit + 1)
    return [_extension(row) for row in await tx.execute(ordered)]


async def cover(tx: Connection, version_id: UUID, calendars: Mapping[str, UUID]) -> None:
    """By these calendars, by priority (the empty name: all others), a version counts from now on."""
    told = {priority: str(id) for priority, id in calendars.items()}
    known = update(agreement_versions).where(agreement_versions.c.id == version_id)
    await tx.execute(known.values(cover=told))


def _extension(row: Row[Any]) -> Extension:
    return Extension(
        row.id,
        row.starts_at,
        row.ends_at,
        tuple(row.priorities),
        row.reason,
        row.made_by,
        row.made_at,
    )

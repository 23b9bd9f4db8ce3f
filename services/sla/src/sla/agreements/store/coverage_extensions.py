"""Cover extensions, and the calendars with which versions count because of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from common.persistence.database import Connection
from sla.agreements.domain.coverage_extension import Extension, Shortened
from sla.agreements.store import terms_json as promises
from sla.agreements.tables import agreement_versions, cover_extensions

Place = tuple[datetime, UUID]
"""Where a page ended: start and id."""


async def add(tx: Connection, agreement_id: UUID, extension: Extension) -> None:
    values = {
        "id": extension.id,
        "agreement_id": agreement_id,
        "starts_at": extension.starts_at,
        "ends_at": extension.ends_at,
        "priorities": list(extension.priorities),
        "reason": extension.reason,
        "created_by": extension.created_by,
        "created_at": extension.created_at,
    }
    await tx.execute(insert(cover_extensions).values(**values))


async def find(tx: Connection, agreement_id: UUID, id: UUID) -> Extension | None:
    table = cover_extensions
    mine = select(table).where(table.c.agreement_id == agreement_id, table.c.id == id)
    row = (await tx.execute(mine)).one_or_none()
    return _extension(row) if row else None


async def shorten(tx: Connection, id: UUID, word: Shortened) -> None:
    """Store that it ends early; its agreement is locked."""
    values = {"ended_by": word.by, "ended_at": word.at, "ended_from": word.since}
    mine = update(cover_extensions).where(cover_extensions.c.id == id)
    await tx.execute(mine.values(**values, ending=word.reason))


async def to_come(tx: Connection, agreement_id: UUID, at: datetime) -> list[Extension]:
    """Those that are not over at `at`, nor were withdrawn."""
    table = cover_extensions
    until = func.least(table.c.ends_at, table.c.ended_from)
    mine = select(table).where(table.c.agreement_id == agreement_id)
    ahead = mine.where(until > at, until > table.c.starts_at).order_by(table.c.starts_at)
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


async def promised(tx: Connection, version_id: UUID) -> dict[str, UUID]:
    """The calendars that a version names, without extra hours; all others' under the empty name."""
    named = select(agreement_versions.c.promises).where(agreement_versions.c.id == version_id)
    read = promises.read((await tx.execute(named)).scalar_one(), None)
    return {"": read["calendar"], **read["calendars"]}


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
        row.created_by,
        row.created_at,
        _shortened(row),
    )


def _shortened(row: Row[Any]) -> Shortened | None:
    if row.ended_by is None:
        return None
    return Shortened(row.ended_from, row.ending, row.ended_by, row.ended_at)

"""Coverage extensions, and the extended calendars of versions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.agreements.domain.coverage_extension import EarlyEnd, Extension
from sla.agreements.store import terms_json
from sla.agreements.tables import agreement_versions, coverage_extensions


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
    await tx.execute(insert(coverage_extensions).values(**values))


async def find(tx: Connection, agreement_id: UUID, id: UUID) -> Extension | None:
    table = coverage_extensions
    statement = select(table).where(table.c.agreement_id == agreement_id, table.c.id == id)
    row = (await tx.execute(statement)).one_or_none()
    return _extension(row) if row else None


async def save_early_end(tx: Connection, id: UUID, early_end: EarlyEnd) -> None:
    """Store the early end of an extension, whose agreement is locked."""
    values = {
        "ended_by": early_end.ended_by,
        "ended_at": early_end.ended_at,
        "ended_from": early_end.ends_at,
    }
    statement = update(coverage_extensions).where(coverage_extensions.c.id == id)
    await tx.execute(statement.values(**values, ending=early_end.reason))


async def list_upcoming(tx: Connection, agreement_id: UUID, at: datetime) -> list[Extension]:
    """The extensions that are neither over at `at` nor withdrawn, by their start."""
    table = coverage_extensions
    until = func.least(table.c.ends_at, table.c.ended_from)
    statement = select(table).where(table.c.agreement_id == agreement_id)
    upcoming = statement.where(until > at, until > table.c.starts_at).order_by(table.c.starts_at)
    return [_extension(row) for row in await tx.execute(upcoming)]


async def list_page(
    tx: Connection, agreement_id: UUID, limit: int, after: tuple[datetime, UUID] | None
) -> list[Extension]:
    """Up to `limit` + 1 extensions of an agreement, by their start."""
    table = coverage_extensions
    statement = select(table).where(table.c.agreement_id == agreement_id)
    rows = await tx.execute(page_after(statement, (table.c.starts_at, table.c.id), after, limit))
    return [_extension(row) for row in rows]


async def get_plain_calendars(tx: Connection, version_id: UUID) -> dict[str, UUID]:
    """The calendars that a version names or follows, without extensions, by priority ("": all others)."""
    columns = agreement_versions.c.promises, agreement_versions.c.followed
    row = (await tx.execute(select(*columns).where(agreement_versions.c.id == version_id))).one()
    terms = terms_json.load_terms(row.promises, row.followed)
    return {"": terms["calendar"], **terms["calendars"]}


async def save_calendars(tx: Connection, version_id: UUID, calendars: Mapping[str, UUID]) -> None:
    """Store the extended calendars of a version by priority ("": all others)."""
    ids_by_priority = {priority: str(id) for priority, id in calendars.items()}
    statement = update(agreement_versions).where(agreement_versions.c.id == version_id)
    await tx.execute(statement.values(coverage=ids_by_priority))


def _extension(row: Row[Any]) -> Extension:
    return Extension(
        row.id,
        row.starts_at,
        row.ends_at,
        tuple(row.priorities),
        row.reason,
        row.created_by,
        row.created_at,
        _early_end(row),
    )


def _early_end(row: Row[Any]) -> EarlyEnd | None:
    if row.ended_by is None:
        return None
    return EarlyEnd(row.ended_from, row.ending, row.ended_by, row.ended_at)

"""Rate sheets: a version holds until the next one begins; days that were priced stay as they are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from common.persistence.database import Connection
from sla.time_entries.tables import rate_sheets as sheets


@dataclass(frozen=True, slots=True)
class RateSheet:
    """`rates`: hundredths of the currency for an hour, by name. `customer_id` None: of everybody
    who has no sheet of their own. Valid on the days `[valid_from, valid_until)`."""

    id: UUID
    customer_id: UUID | None
    version: int
    currency: str
    rates: Mapping[str, int]
    valid_from: date
    valid_until: date | None
    created_by: str
    created_at: datetime


async def lock(tx: Connection) -> None:
    """Hold all sheets until the end: they are made rarely, and one looks at the others."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("rate_sheets", 12))))


async def newest(tx: Connection, customer_id: UUID | None) -> RateSheet | None:
    found = select(sheets).where(_of(customer_id)).order_by(sheets.c.version.desc()).limit(1)
    row = (await tx.execute(found)).one_or_none()
    return RateSheet(**row._mapping) if row else None


async def priced(tx: Connection, customer_id: UUID | None, since: date, until: date) -> bool:
    """Whether some sheet prices a day of `[since, until)` for them already."""
    if since >= until:
        return False
    theirs = _of(None) if customer_id is None else or_(_of(customer_id), _of(None))
    overlaps = (sheets.c.valid_from < until) & or_(
        sheets.c.valid_until.is_(None), sheets.c.valid_until > since
    )
    found = select(sheets.c.id).where(theirs, overlaps).limit(1)
    return await tx.scalar(found) is not None


async def add(tx: Connection, sheet: RateSheet) -> None:
    """Store a version; the one before ends where it begins."""
    former = sheets.c.valid_until.is_(None) | (sheets.c.valid_until > sheet.valid_from)
    ended = update(sheets).where(_of(sheet.customer_id), former)
    await tx.execute(ended.values(valid_until=sheet.valid_from))
    await tx.execute(insert(sheets).values(**asdict(sheet)))


async def page(tx: Connection, limit: int, after: tuple[UUID] | None) -> list[RateSheet]:
    """Up to `limit` + 1 versions, in the order of their making."""
    listed = select(sheets).order_by(sheets.c.id).limit(limit + 1)
    if after is not None:
        listed = listed.where(sheets.c.id > after[0])
    return [RateSheet(**row._mapping) for row in await tx.execute(listed)]


def _of(customer_id: UUID | None) -> ColumnElement[bool]:
    if customer_id is None:
        return sheets.c.customer_id.is_(None)
    return sheets.c.customer_id == customer_id

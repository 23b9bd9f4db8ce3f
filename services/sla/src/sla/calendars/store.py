"""Calendar versions, and their timetables.

A version never changes, so its timetable is cached for as long as the process lives.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.definition import calendar_from_definition, zone_from_json, zone_to_json
from sla.calendars.domain.timetable import Timetable
from sla.calendars.tables import calendars

_TIMETABLES: dict[UUID, Timetable] = {}


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A version of a calendar. `definition` is as it was requested, `zone` the zone as stored.

    `source` says where its feed came from, if an import created this version.
    """

    id: UUID
    key: str
    version: int
    definition: dict[str, Any]
    zone: dict[str, Any]
    created_by: str
    created_at: datetime
    source: dict[str, Any] | None = None

    @property
    def tz_version(self) -> str:
        return str(self.zone["version"])


async def load_timetables(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Timetable]:
    """The timetable of each version. Raises KeyError for an unknown id."""
    if missing := [id for id in ids if id not in _TIMETABLES]:
        rows = await tx.execute(select(calendars).where(calendars.c.id.in_(missing)))
        for row in rows:
            calendar = calendar_from_definition(row.definition, zone_from_json(row.zone))
            _TIMETABLES[row.id] = Timetable(calendar)
    return {id: _TIMETABLES[id] for id in ids}


async def lock(tx: Connection, key: str) -> None:
    """Lock the key of a calendar, which may not exist yet, until the transaction ends."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def add(
    tx: Connection,
    id: UUID,
    key: str,
    definition: dict[str, Any],
    calendar: Calendar,
    created_by: str,
    at: datetime,
    source: dict[str, Any] | None = None,
) -> CalendarVersion:
    """Store the next version of the calendar with this key; locks the key."""
    await lock(tx, key)
    latest = select(func.coalesce(func.max(calendars.c.version), 0)).where(calendars.c.key == key)
    version = (await tx.scalar(latest) or 0) + 1
    zone = zone_to_json(calendar.zone)
    created = CalendarVersion(id, key, version, definition, zone, created_by, at, source)
    await tx.execute(insert(calendars).values(**asdict(created)))
    return created


async def find(tx: Connection, id_or_key: UUID | str) -> CalendarVersion | None:
    """The version with this id, or the newest one with this key; None where there is none."""
    column = calendars.c.id if isinstance(id_or_key, UUID) else calendars.c.key
    newest = select(calendars).where(column == id_or_key).order_by(calendars.c.version.desc())
    row = (await tx.execute(newest.limit(1))).one_or_none()
    return CalendarVersion(**row._mapping) if row else None


async def get_names(tx: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of these versions, such as `office-amsterdam, version 3`, by id."""
    statement = select(calendars.c.id, calendars.c.key, calendars.c.version)
    rows = await tx.execute(statement.where(calendars.c.id.in_(ids)))
    return {row.id: f"{row.key}, version {row.version}" for row in rows}


async def list_page(
    tx: Connection, limit: int, after: tuple[str, int] | None
) -> list[CalendarVersion]:
    """Up to `limit` + 1 versions, by key and number."""
    order = (calendars.c.key, calendars.c.version)
    rows = await tx.execute(page_after(select(calendars), order, after, limit))
    return [CalendarVersion(**row._mapping) for row in rows]

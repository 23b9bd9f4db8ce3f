"""Calendar versions, and their timetables.

A version never changes, so its timetable is cached for as long as the process lives.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, text, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.calendar_lifecycle import CalendarState, Publication
from sla.calendars.domain.definition import calendar_from_definition, zone_from_json, zone_to_json
from sla.calendars.domain.timetable import Timetable
from sla.calendars.tables import calendars

_TIMETABLES: dict[UUID, Timetable] = {}


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A version of a calendar. `definition` is as it was requested, `zone` the zone as stored.

    `source` says where its feed came from, if an import created this version. `effective_from`: from when
    on agreements follow it; None for a calendar of one agreement, which nobody else follows.
    """

    id: UUID
    key: str
    version: int
    definition: dict[str, Any]
    zone: dict[str, Any]
    created_by: str
    created_at: datetime
    source: dict[str, Any] | None = None
    state: CalendarState = "in_effect"
    effective_from: datetime | None = None
    published_by: str | None = None
    published_at: datetime | None = None

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
    state: CalendarState = "in_effect",
    effective_from: datetime | None = None,
) -> CalendarVersion:
    """Store the next version of the calendar with this key; locks the key."""
    await lock(tx, key)
    latest = select(func.coalesce(func.max(calendars.c.version), 0)).where(calendars.c.key == key)
    version = (await tx.scalar(latest) or 0) + 1
    zone = zone_to_json(calendar.zone)
    created = CalendarVersion(
        id, key, version, definition, zone, created_by, at, source, state, effective_from
    )
    await tx.execute(insert(calendars).values(**asdict(created)))
    return created


async def find(tx: Connection, id_or_key: UUID | str) -> CalendarVersion | None:
    """The version with this id, or the one in effect with this key; None where there is none."""
    if isinstance(id_or_key, UUID):
        return await _find_newest(tx, calendars.c.id == id_or_key)
    in_effect = calendars.c.state == "in_effect"
    return await _find_newest(tx, (calendars.c.key == id_or_key) & in_effect)


async def find_agreed(tx: Connection, id_or_key: UUID | str) -> CalendarVersion | None:
    """The version with this id, or the last one with this key, that an agreement names which the reader
    may see; None where there is none."""
    column = calendars.c.id if isinstance(id_or_key, UUID) else calendars.c.key
    agreed = calendars.c.id.in_(text("SELECT agreed_calendars()"))
    return await _find_newest(tx, (column == id_or_key) & agreed)


async def find_last(tx: Connection, key: str) -> CalendarVersion | None:
    """The last version with this key that was not withdrawn, in effect or not; None without any."""
    not_withdrawn = calendars.c.state != "withdrawn"
    return await _find_newest(tx, (calendars.c.key == key) & not_withdrawn)


async def _find_newest(tx: Connection, where: ColumnElement[bool]) -> CalendarVersion | None:
    newest = select(calendars).where(where).order_by(calendars.c.version.desc())
    row = (await tx.execute(newest.limit(1))).one_or_none()
    return CalendarVersion(**row._mapping) if row else None


async def has_later_published(tx: Connection, version: CalendarVersion) -> bool:
    """Whether a later version of the same calendar is published or in effect."""
    later = (calendars.c.key == version.key) & (calendars.c.version > version.version)
    is_published = calendars.c.state.in_(("published", "in_effect"))
    query = select(func.count()).select_from(calendars).where(later, is_published)
    return bool(await tx.scalar(query))


async def save_publication(tx: Connection, id: UUID, publication: Publication) -> None:
    """Store who published a version, and from when on it holds."""
    statement = update(calendars).where(calendars.c.id == id)
    await tx.execute(
        statement.values(
            state="published",
            published_by=publication.by,
            published_at=publication.at,
            effective_from=publication.effective_from,
        )
    )


async def set_state(tx: Connection, id: UUID, state: CalendarState) -> None:
    """Store that a version is in effect, or withdrawn."""
    await tx.execute(update(calendars).where(calendars.c.id == id).values(state=state))


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of these versions that nobody else has locked. One that is gone counts as locked."""
    return await lock_rows(tx, calendars.c.id, ids)


async def get_numbers(tx: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[str, int]]:
    """The key and the number of these versions, by id."""
    statement = select(calendars.c.id, calendars.c.key, calendars.c.version)
    rows = await tx.execute(statement.where(calendars.c.id.in_(ids)))
    return {row.id: (row.key, row.version) for row in rows}


async def get_followed_numbers(tx: Connection) -> dict[str, int]:
    """The number of the version in effect that agreements follow, by key of the calendar."""
    number = func.max(calendars.c.version)
    in_effect = (calendars.c.state == "in_effect") & calendars.c.effective_from.is_not(None)
    query = select(calendars.c.key, number).where(in_effect).group_by(calendars.c.key)
    return {row[0]: row[1] for row in await tx.execute(query)}


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

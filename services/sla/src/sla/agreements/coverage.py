"""Adds coverage extensions to the calendars of a version, and takes them away again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.coverage_extension import (
    Extension,
    overlaps_version,
    touched_calendars,
    with_extension_replaced,
    with_extensions,
)
from sla.agreements.store import coverage_extensions as extensions
from sla.calendars import store as calendars
from sla.calendars.domain.definition import calendar_from_definition, zone_from_json
from sla.calendars.domain.timetable import NeverOpens, Timetable
from sla.calendars.store import CalendarVersion


async def extend(
    tx: Connection,
    version: Agreement,
    new_extensions: Sequence[Extension],
    created_by: str,
    at: datetime,
) -> bool:
    """Add extensions to the calendars of a version; whether that changed any of them.

    A calendar that is open during all of an extension stays as it is. Raises OutOfRange.
    """
    relevant = [one for one in new_extensions if overlaps_version(one, version)]
    used_calendars = _calendars_of(version)
    plain_calendars = await extensions.get_plain_calendars(tx, version.id)
    extended_calendars = dict(used_calendars)
    for priority in {priority for one in relevant for priority in touched_calendars(one, version)}:
        plain_calendar = plain_calendars.get(priority, plain_calendars[""])
        table = (await calendars.load_timetables(tx, [plain_calendar]))[plain_calendar]
        touching = [one for one in relevant if priority in touched_calendars(one, version)]
        effective = [one for one in touching if not _is_open_anyway(table, one)]
        if effective:
            base = await _load_calendar(tx, used_calendars.get(priority, version.calendar))
            definition = with_extensions(base.definition, effective)
            extended_calendars[priority] = await _create_calendar(
                tx, version.key, priority, base, definition, created_by, at
            )
    return await _store_calendars(tx, version, extended_calendars)


async def shorten(
    tx: Connection,
    version: Agreement,
    before: Extension,
    after: Extension,
    created_by: str,
    at: datetime,
) -> bool:
    """Shorten an extension in the calendars of a version; whether that changed any of them."""
    shortened_calendars = used_calendars = _calendars_of(version)
    for priority, id in used_calendars.items():
        base = await _load_calendar(tx, id)
        if (definition := with_extension_replaced(base.definition, before, after)) is not None:
            created_id = await _create_calendar(
                tx, version.key, priority, base, definition, created_by, at
            )
            shortened_calendars = {**shortened_calendars, priority: created_id}
    return await _store_calendars(tx, version, shortened_calendars)


async def _store_calendars(
    tx: Connection, version: Agreement, calendars: Mapping[str, UUID]
) -> bool:
    if calendars == _calendars_of(version):
        return False
    await extensions.save_calendars(tx, version.id, calendars)
    return True


def _calendars_of(version: Agreement) -> dict[str, UUID]:
    return {"": version.calendar, **version.calendars}


async def _load_calendar(tx: Connection, id: UUID) -> CalendarVersion:
    calendar = await calendars.find(tx, id)
    assert calendar is not None, "versions name calendars that are stored"
    return calendar


async def _create_calendar(
    tx: Connection,
    key: str,
    priority: str,
    base: CalendarVersion,
    definition: dict[str, Any],
    created_by: str,
    at: datetime,
) -> UUID:
    """The next version of the agreement's own calendar for a priority. Raises OutOfRange."""
    # The stored zone: a newer release of the tz database must not move what has passed (A5).
    calendar = calendar_from_definition(definition, zone_from_json(base.zone))
    name = "-".join(filter(None, (key, priority, "cover")))
    return (await calendars.add(tx, uuid7(), name, definition, calendar, created_by, at)).id


def _is_open_anyway(table: Timetable, extension: Extension) -> bool:
    try:
        return (
            table.between(extension.starts_at, extension.effective_end)
            == extension.effective_end - extension.starts_at
        )
    except NeverOpens:
        return False

"""Makes the calendars of a version longer by its agreement's dated cover extensions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.database import Connection
from common.ids import uuid7
from sla.agreements.agreement import Agreement
from sla.agreements.cover import Extension, extended, reaches, touched
from sla.calendars.definition import calendar_of, zone_of
from sla.calendars.timetable import NeverOpens, Timetable
from sla.store import calendars, extensions

By = tuple[str, datetime]
"""Who makes it, and when."""


async def cover(tx: Connection, version: Agreement, added: Sequence[Extension], by: By) -> bool:
    """Whether the version counts by other calendars from now on. Raises OutOfRange."""
    within = [one for one in added if reaches(one, version)]
    used = {"": version.calendar, **version.calendars}
    longer = dict(used)
    for priority in {priority for one in within for priority in touched(one, version)}:
        mine = [one for one in within if priority in touched(one, version)]
        calendar = used.get(priority, version.calendar)
        longer[priority] = await _longer(tx, version.key, priority, calendar, mine, by)
    if longer == used:
        return False
    await extensions.cover(tx, version.id, longer)
    return True


async def _longer(
    tx: Connection, key: str, priority: str, id: UUID, added: Sequence[Extension], by: By
) -> UUID:
    """A calendar with the extra hours: the same one where it is open then anyway."""
    table = (await calendars.timetables(tx, [id]))[id]
    more = [one for one in added if not _open_anyway(table, one)]
    base = await calendars.find(tx, id)
    assert base is not None, "versions name calendars that are stored"
    if not more:
        return id
    definition = extended(base.definition, more)
    # The zone as it was stored: what lies behind must not move with a newer release of it (A5).
    calendar = calendar_of(definition, zone_of(base.zone))
    name = "-".join(filter(None, (key, priority, "cover")))
    return (await calendars.add(tx, uuid7(), name, definition, calendar, by)).id


def _open_anyway(table: Timetable, extension: Extension) -> bool:
    try:
        return table.between(extension.start, extension.end) == extension.end - extension.start
    except NeverOpens:
        return False

"""Makes the calendars of a version longer by its agreement's dated cover extensions, and shorter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.coverage_extension import Extension, cut, extended, reaches, touched
from sla.agreements.store import coverage_extensions as extensions
from sla.calendars import store as calendars
from sla.calendars.domain.definition import calendar_of, zone_of
from sla.calendars.domain.timetable import NeverOpens, Timetable
from sla.calendars.store import CalendarVersion

By = tuple[str, datetime]
"""Who makes it, and when."""


async def cover(tx: Connection, version: Agreement, added: Sequence[Extension], by: By) -> bool:
    """Whether the version counts by other calendars from now on. Raises OutOfRange."""
    within = [one for one in added if reaches(one, version)]
    used, promised = _used(version), await extensions.promised(tx, version.id)
    longer = dict(used)
    for priority in {priority for one in within for priority in touched(one, version)}:
        plain = promised.get(priority, promised[""])
        table = (await calendars.timetables(tx, [plain]))[plain]
        mine = [one for one in within if priority in touched(one, version)]
        more = [one for one in mine if not _open_anyway(table, one)]
        if more:
            base = await _calendar(tx, used.get(priority, version.calendar))
            definition = extended(base.definition, more)
            longer[priority] = await _kept(tx, version.key, priority, base, definition, by)
    return await _counts_by(tx, version, longer)


async def uncover(
    tx: Connection, version: Agreement, before: Extension, after: Extension, by: By
) -> bool:
    """Whether the version counts by other calendars, now that an extension ends early."""
    shorter = used = _used(version)
    for priority, id in used.items():
        base = await _calendar(tx, id)
        if (definition := cut(base.definition, before, after)) is not None:
            made = await _kept(tx, version.key, priority, base, definition, by)
            shorter = {**shorter, priority: made}
    return await _counts_by(tx, version, shorter)


async def _counts_by(tx: Connection, version: Agreement, calendars: Mapping[str, UUID]) -> bool:
    if calendars == _used(version):
        return False
    await extensions.cover(tx, version.id, calendars)
    return True


def _used(version: Agreement) -> dict[str, UUID]:
    return {"": version.calendar, **version.calendars}


async def _calendar(tx: Connection, id: UUID) -> CalendarVersion:
    found = await calendars.find(tx, id)
    assert found is not None, "versions name calendars that are stored"
    return found


async def _kept(
    tx: Connection,
    key: str,
    priority: str,
    base: CalendarVersion,
    definition: dict[str, Any],
    by: By,
) -> UUID:
    """The next version of the agreement's own calendar for a priority. Raises OutOfRange."""
    # The zone as it was stored: what lies behind must not move with a newer release of it (A5).
    calendar = calendar_of(definition, zone_of(base.zone))
    name = "-".join(filter(None, (key, priority, "cover")))
    return (await calendars.add(tx, uuid7(), name, definition, calendar, by)).id


def _open_anyway(table: Timetable, extension: Extension) -> bool:
    try:
        return (
            table.between(extension.starts_at, extension.until)
            == extension.until - extension.starts_at
        )
    except NeverOpens:
        return False

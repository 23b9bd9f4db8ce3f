"""Store calendars: only such as open again and again, for ever (A4)."""

from datetime import datetime
from typing import Any

from common.errors import ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.calendars import store as calendars
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.closing import closed_from
from sla.calendars.domain.definition import BadDefinition, calendar_from_definition
from sla.calendars.domain.zone import read_zone
from sla.calendars.store import CalendarVersion


async def create_version(
    tx: Connection,
    key: str,
    definition: dict[str, Any],
    author: tuple[str, datetime],
    *,
    pointer: str = "",
    source: dict[str, Any] | None = None,
) -> CalendarVersion:
    """Store the next version of a calendar. Raises ValidationFailed with places below `pointer`.

    One whose openings end is refused here: a clock that runs into the end would fail in a timer.
    """
    calendar = build_calendar(definition, pointer)
    if (day := closed_from(calendar)) is not None:
        detail = (
            f"from {day} on the calendar stays shut for more than five years; let it open weekly"
        )
        raise ValidationFailed([Violation(f"{pointer}/weekly", "never_opens", detail)])
    return await calendars.add(tx, uuid7(), key, definition, calendar, author, source)


def build_calendar(definition: dict[str, Any], pointer: str) -> Calendar:
    """The calendar of a definition. Raises ValidationFailed with every wrong hour below `pointer`."""
    try:
        zone = read_zone(definition["timezone"])
    except LookupError as unknown:
        violation = Violation(f"{pointer}/timezone", "unknown_timezone", str(unknown.args[0]))
        raise ValidationFailed([violation]) from None
    try:
        return calendar_from_definition(definition, zone)
    except BadDefinition as bad:
        violations = [
            Violation(pointer + at, "hours", message) for at, message in bad.errors.items()
        ]
        raise ValidationFailed(violations) from None

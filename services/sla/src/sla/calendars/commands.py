"""Commands of calendars: create a version, if its openings never end (A4)."""

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
    created_by: str,
    at: datetime,
    *,
    pointer: str = "",
    source: dict[str, Any] | None = None,
) -> CalendarVersion:
    """Store the next version of a calendar.

    Raises ValidationFailed, with pointers below `pointer`, for a definition that is not valid, and
    for one that stays closed for more than five years: a clock would fail there in a timer.
    """
    calendar = build_calendar(definition, pointer)
    if (day := closed_from(calendar)) is not None:
        detail = (
            f"from {day} on the calendar stays shut for more than five years; let it open weekly"
        )
        raise ValidationFailed([Violation(f"{pointer}/weekly", "never_opens", detail)])
    return await calendars.add(tx, uuid7(), key, definition, calendar, created_by, at, source)


def build_calendar(definition: dict[str, Any], pointer: str) -> Calendar:
    """The calendar of a definition, in the zone's installed release.

    Raises ValidationFailed with everything that is wrong, with pointers below `pointer`.
    """
    try:
        zone = read_zone(definition["timezone"])
    except LookupError as unknown:
        violation = Violation(f"{pointer}/timezone", "unknown_timezone", str(unknown.args[0]))
        raise ValidationFailed([violation]) from None
    try:
        return calendar_from_definition(definition, zone)
    except BadDefinition as error:
        violations = [
            Violation(pointer + location, "hours", message)
            for location, message in error.errors.items()
        ]
        raise ValidationFailed(violations) from None

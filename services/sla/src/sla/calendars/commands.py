"""Commands of calendars: create a version, if its openings never end (A4)."""

from datetime import datetime
from typing import Any, Final

from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from sla.calendars import store as calendars
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.calendar_lifecycle import CalendarState, Publication, publish
from sla.calendars.domain.closing import closed_from
from sla.calendars.domain.definition import BadDefinition, calendar_from_definition
from sla.calendars.domain.zone import read_zone
from sla.calendars.store import CalendarVersion

EFFECTIVE_DEADLINE: Final = "calendar_effective"
"""The kind of deadline from which on agreements follow a version. Subject: the version."""


async def create_version(
    tx: Connection,
    key: str,
    definition: dict[str, Any],
    created_by: str,
    at: datetime,
    *,
    pointer: str = "",
    source: dict[str, Any] | None = None,
    state: CalendarState = "in_effect",
    effective_from: datetime | None = None,
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
    return await calendars.add(
        tx, uuid7(), key, definition, calendar, created_by, at, source, state, effective_from
    )


async def propose_version(
    tx: Connection,
    key: str,
    definition: dict[str, Any],
    created_by: str,
    at: datetime,
    *,
    effective_from: datetime | None = None,
    source: dict[str, Any] | None = None,
) -> CalendarVersion:
    """Store the next version of a calendar, whose key is locked, for a second person to publish (A6).

    It holds from `effective_from`, from its publication at the earliest. The first version is in effect at
    once. Raises ValidationFailed like `create_version`, and for an `effective_from` that is over.
    """
    if effective_from is not None and effective_from < at:
        detail = "a calendar changes nothing that is over: say now or later"
        raise ValidationFailed([Violation("/effective_from", "past", detail)])
    is_first = await calendars.find_last(tx, key) is None
    return await create_version(
        tx,
        key,
        definition,
        created_by,
        at,
        source=source,
        state="in_effect" if is_first else "proposed",
        effective_from=at if is_first else effective_from or at,
    )


async def publish_version(
    tx: Connection, version: CalendarVersion, person: str, at: datetime
) -> Publication | Rejection:
    """Publish a proposed version, whose key is locked; agreements follow it once it is in effect."""
    publication = publish(
        version.state,
        version.created_by,
        version.effective_from,
        person,
        at,
        is_overtaken=await calendars.has_later_published(tx, version),
    )
    if not isinstance(publication, Rejection):
        await calendars.save_publication(tx, version.id, publication)
        await schedule(tx, [Deadline(EFFECTIVE_DEADLINE, version.id, publication.effective_from)])
    return publication


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

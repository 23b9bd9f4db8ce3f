"""How a calendar comes to be stored: only one that goes on opening for ever (A4)."""

from datetime import datetime
from typing import Any

from common.errors import ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.calendars import store as calendars
from sla.calendars.domain.closing import closed_from
from sla.calendars.schemas import build_calendar
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
    """The next version of a calendar. Raises Invalid, naming what is wrong below `pointer`.

    One whose openings end is refused here: a clock that runs into the end would fail in a timer.
    """
    calendar = build_calendar(definition, pointer)
    if (day := closed_from(calendar)) is not None:
        detail = (
            f"from {day} on the calendar stays shut for more than five years; let it open weekly"
        )
        raise ValidationFailed([Violation(f"{pointer}/weekly", "never_opens", detail)])
    return await calendars.add(tx, uuid7(), key, definition, calendar, author, source)

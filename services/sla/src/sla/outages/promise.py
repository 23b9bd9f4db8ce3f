"""What an agreement says of availability: the share, the maintenance, whose months. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sla.agreements.agreement import Agreement
from sla.calendars.timetable import Timetable
from sla.outages.strip import Window


def promised_of(agreement: Agreement) -> float | None:
    return None


def calendars_of(agreement: Agreement) -> set[UUID]:
    """The calendar versions by which service time and maintenance are counted."""
    return {agreement.calendar}


def zone_of(agreement: Agreement, tables: Mapping[UUID, Timetable]) -> str:
    """Where its months begin."""
    return tables[agreement.calendar].calendar.zone.name


def agreed_windows(
    agreement: Agreement, tables: Mapping[UUID, Timetable], start: datetime, end: datetime
) -> Iterator[Window]:
    """Its agreed maintenance within `[start, end)`."""
    yield from ()

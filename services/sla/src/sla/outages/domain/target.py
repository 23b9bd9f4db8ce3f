"""What an agreement says of availability: the share, the maintenance, whose months. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import maintenance_windows
from sla.calendars.domain.timetable import Timetable
from sla.outages.domain.state_timeline import Window


def calendar_ids_of(agreement: Agreement) -> set[UUID]:
    """The calendar versions by which service time and maintenance are counted."""
    weekly = agreement.maintenance.weekly
    return {agreement.calendar} | ({weekly} if weekly is not None else set())


def agreed_windows(
    agreement: Agreement, tables: Mapping[UUID, Timetable], start: datetime, end: datetime
) -> Iterator[Window]:
    """Its agreed maintenance within `[start, end)`, named after it."""
    for begins, ends in maintenance_windows(agreement.maintenance, tables, start, end):
        yield Window(begins, ends, agreement.key)

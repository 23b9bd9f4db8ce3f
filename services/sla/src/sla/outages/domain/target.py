"""What an agreement says about availability: its calendars and its maintenance. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import maintenance_windows
from sla.calendars.domain.timetable import Timetable
from sla.outages.domain.state_timeline import Window


def calendar_ids_of(agreement: Agreement) -> set[UUID]:
    """Return the ids of the calendars of service time, now and before, and of weekly maintenance."""
    weekly = agreement.maintenance.weekly
    former = {one.calendar for one in agreement.former_calendars}
    return {agreement.calendar} | former | ({weekly} if weekly is not None else set())


def agreed_windows(
    agreement: Agreement, tables: Mapping[UUID, Timetable], start: datetime, end: datetime
) -> Iterator[Window]:
    """Yield the maintenance windows of an agreement within `[start, end)`, named by its key."""
    for begins, ends in maintenance_windows(agreement.maintenance, tables, start, end):
        yield Window(begins, ends, agreement.key)

"""The clauses of an agreement beside its targets: maintenance, price, prose. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sla.calendars.domain.calendar import DAY, BadHours, parse_hours
from sla.calendars.domain.timetable import Timetable

Window = tuple[datetime, datetime]
"""`[start, end)`."""
LONGEST_NIGHT_SECONDS = 12 * 3600
"""The most that a weekly window may take whose end is on the next day."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The agreed maintenance, which does not count as downtime (R15, C12).

    `weekly` is the id of a calendar version that is open during the weekly windows; `dated` are
    single windows, sorted.
    """

    weekly: UUID | None = None
    dated: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """The price per month, in the currency's main unit. `currency` is an ISO 4217 code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Prose:
    """What is agreed in words. `duties` are those of the other side."""

    penalties: str = ""
    roles: str = ""
    assumptions: str = ""
    duties: str = ""


def is_likely_reversed(window: tuple[str, str]) -> bool:
    """Whether a weekly window ends before it starts, or then, and is no night's: `06:00` to `02:00`.

    Hours whose end is not later than their start end on the next day. Of maintenance that is meant for a
    night; more would excuse downtime that nobody agreed to (decision 1125). False for what are no hours.
    """
    try:
        ((start, end),) = parse_hours([window])
    except BadHours:
        return False
    return end > DAY and end - start > LONGEST_NIGHT_SECONDS


def maintenance_windows(
    maintenance: Maintenance, tables: Mapping[UUID, Timetable], start: datetime, end: datetime
) -> list[Window]:
    """The agreed windows within `[start, end)`, disjoint and sorted.

    `tables` has the timetable of the weekly calendar. Raises OutOfRange.
    """
    windows = [(max(a, start), min(b, end)) for a, b in maintenance.dated]
    if maintenance.weekly is not None:
        windows += tables[maintenance.weekly].openings(start, end)
    return list(_merge_windows(sorted(window for window in windows if window[0] < window[1])))


def _merge_windows(windows: Iterable[Window]) -> Iterator[Window]:
    current: Window | None = None
    for window in windows:
        if current is not None and window[0] <= current[1]:
            current = current[0], max(current[1], window[1])
            continue
        if current is not None:
            yield current
        current = window
    if current is not None:
        yield current

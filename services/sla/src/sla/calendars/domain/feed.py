"""What a calendar was fed with: dates that come from elsewhere and are replaced as a whole. Pure.

All-day events are holidays. Timed ones are, as is asked: `closed` (breaks), `open` (overrides: they
replace the weekly hours of the dates on which they begin), or `ignored`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any, Literal

from sla.calendars.domain.calendar import DAY, Span, merge_spans

Timed = Literal["closed", "open", "ignored"]
WrittenHours = dict[str, list[list[str]]]
"""Hours by date, as a definition writes them: `{"2026-12-24": [["08:00", "12:00"]]}`."""

EPOCH_DATE = date(1970, 1, 1)


class BadFeed(ValueError):
    """It is no iCalendar feed that we read. Says which event is wrong, and what about it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """`holidays` with their names; `timed` in seconds since 1970-01-01 00:00 on the wall."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    timed: Sequence[Span] = ()

    def to_definition(self, timed: Timed) -> dict[str, Any]:
        """As it is stored beside what people wrote."""
        return {
            "holidays": {str(day): name for day, name in sorted(self.holidays.items())},
            "breaks": _to_written_hours(_cut_at_midnight(self.timed)) if timed == "closed" else {},
            "overrides": _to_written_hours(self.timed) if timed == "open" else {},
        }


def _cut_at_midnight(spans: Iterable[Span]) -> Iterator[Span]:
    """Cut at every midnight."""
    for start, end in spans:
        while start < end:
            midnight = start - start % DAY + DAY
            yield start, min(end, midnight)
            start = midnight


def _to_written_hours(spans: Iterable[Span]) -> WrittenHours:
    """A span belongs to the date on which it begins (A1); what is longer than a day is cut there."""
    by_date: dict[int, list[Span]] = {}
    for start, end in spans:
        by_date.setdefault(start // DAY, []).append((start, end))
    days, hours = sorted(by_date), dict[int, list[list[str]]]()
    while days:
        day = heappop(days)
        for start, end in merge_spans(sorted(by_date.pop(day, ()))):
            midnight = (day + 1) * DAY
            if end - start > DAY:
                by_date.setdefault(day + 1, []).append((midnight, end))
                heappush(days, day + 1)
                end = midnight
            hours.setdefault(day, []).append(
                [_format_time(start), _format_time(end, last=end == midnight)]
            )
    return {str(EPOCH_DATE + timedelta(days=day)): pairs for day, pairs in hours.items()}


def _format_time(at: int, *, last: bool = False) -> str:
    if last:
        return "24:00"
    hour, rest = divmod(at % DAY, 3600)
    minute, second = divmod(rest, 60)
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")

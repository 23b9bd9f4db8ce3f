"""An imported feed: holidays and hours from elsewhere, which the next import replaces. Pure.

All-day events become holidays. Timed events become, as the import asks: breaks (`closed`), overrides
(`open`), which replace the weekly hours of the dates on which they begin, or nothing (`ignored`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any, Literal

from sla.calendars.domain.calendar import DAY, Span, merge_spans

Timed = Literal["closed", "open", "ignored"]
WrittenHours = dict[str, list[list[str]]]
"""Hours by date as in a definition: `{"2026-12-24": [["08:00", "12:00"]]}`."""

EPOCH_DATE = date(1970, 1, 1)


class BadFeed(ValueError):
    """A feed that is not valid iCalendar, or not supported. The message says which event, and why."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The contents of a feed: holidays with names, and spans of timed events on the wall."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    timed: Sequence[Span] = ()

    def to_definition(self, timed: Timed) -> dict[str, Any]:
        """The member `feed` of a calendar's definition."""
        return {
            "holidays": {str(day): name for day, name in sorted(self.holidays.items())},
            "breaks": _to_written_hours(_cut_at_midnight(self.timed)) if timed == "closed" else {},
            "overrides": _to_written_hours(self.timed) if timed == "open" else {},
        }


def _cut_at_midnight(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, cut at every midnight."""
    for start, end in spans:
        while start < end:
            midnight = start - start % DAY + DAY
            yield start, min(end, midnight)
            start = midnight


def _to_written_hours(spans: Iterable[Span]) -> WrittenHours:
    """The hours by date. A span belongs to the date on which it begins (A1), and is cut after a day."""
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

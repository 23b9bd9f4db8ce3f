"""When the events of one UID happen: a series, and what stands in the place of single occurrences.

Feeds mix dates, floating times, zones and UTC in DTSTART, EXDATE, RDATE and RECURRENCE-ID. Here all
are written in the way of the series' start before they are compared: as dates, or on the wall of
its zone. `recurring-ical-events` then finds the occurrences. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, cast

from icalendar import Calendar, Event, vDDDLists
from recurring_ical_events import of

from sla.calendars.domain.feed import BadFeed
from sla.calendars.domain.ics_event import (
    LONGEST,
    Start,
    checked_length,
    is_cancelled,
    is_override,
    length_of,
    lines,
    property_of,
    same_kind,
    sequence,
    start_of,
    values,
)
from sla.calendars.domain.recurrence import Budget, starts

MAX_CHANGES_OF_COURSE = 100
"""Times that one series may be changed for the rest of its time (RANGE=THISANDFUTURE)."""
_INDEX = "X-INDEX"

Occurrence = tuple[Event, Start, timedelta]
"""The event as it stands in the feed, the start of this occurrence, its length on the wall."""


def grouped(events: Iterable[Event]) -> list[list[Event]]:
    """The events of each UID, without revisions that are out of date. Each has at least one."""
    by_uid: dict[str, list[Event]] = {}
    for index, event in enumerate(events):
        by_uid.setdefault(str(event.get("UID", index)), []).append(event)
    return [_present(together) for together in by_uid.values()]


def _present(events: list[Event]) -> list[Event]:
    newest = max((sequence(one) for one in events if not is_override(one)), default=0)
    return [one for one in events if is_override(one) or sequence(one) == newest]


@dataclass(frozen=True, slots=True)
class Window:
    """Between which datetimes to look, what a floating time means, and how much work it may be."""

    start: datetime
    end: datetime
    home: tzinfo
    budget: Budget


def occurrences(events: list[Event], window: Window) -> Iterator[Occurrence]:
    """When the events of one UID happen; in no order. Raises BadFeed, ValueError, TypeError."""
    masters = [one for one in events if not is_override(one)]
    overrides = [one for one in events if is_override(one)]
    if sum(bool(_course(one)) for one in overrides) > MAX_CHANGES_OF_COURSE:
        raise BadFeed(f"it is changed for good more than {MAX_CHANGES_OF_COURSE} times")
    model = start_of((masters or overrides)[0])
    changes_course = any(map(_course, overrides))
    earliest = datetime.min if changes_course else window.start - LONGEST  # noqa: DTZ901
    listed = [*masters, *overrides]
    plain = Calendar()
    for index, event in enumerate(listed):
        own_model = model if is_override(event) else start_of(event)
        written = _Rewriting(event, own_model, window, earliest)
        # The overrides belong to the first; from others of the same UID they are taken away.
        also_out = overrides if 0 < index < len(masters) else []
        plain.add_component(written.plain(index, 0 if is_override(event) else index, also_out))
    for found in of(plain).between(window.start, window.end):
        event, start = listed[property_of(found, _INDEX)], property_of(found, "DTSTART").dt
        length = property_of(found, "DTEND").dt - start
        if not is_cancelled(event):
            yield event, _in_zone(start, model, start_of(event)), length


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """An event, and the start in whose way its times are written."""

    event: Event
    model: Start
    window: Window
    earliest: datetime
    """What begins before, and is not moved, has ended before the window begins."""

    def plain(self, index: int, uid: int, also_out: list[Event]) -> Event:
        """The event without zones; what its rules add as dates."""
        first = start_of(self.event)
        start = self._rewritten(first) if same_kind(first, self.model) else _naive(first)
        plain = Event()
        plain.add("UID", str(uid))
        plain.add(_INDEX, index, encode=False)
        plain.add("DTSTART", start)
        plain.add("DTEND", start + length_of(self.event, first))
        if is_override(self.event):
            plain.add("RECURRENCE-ID", self._single(self.event))
            plain["RECURRENCE-ID"].params.update(_course(self.event))
            plain.add("SEQUENCE", sequence(self.event))
            return plain
        self._add_dates(plain, start, also_out)
        return plain

    def _add_dates(self, plain: Event, start: Start, also_out: list[Event]) -> None:
        out: list[Start] = [self._excluded(value) for value in values(self.event, "EXDATE")]
        out += [self._single(event) for event in also_out]
        more = [self._also(value) for value in values(self.event, "RDATE")]
        self.window.budget.spend(len(out) + len(more))
        more += self._ruled(start)
        if out:
            plain["EXDATE"] = vDDDLists(out)
        if more:
            plain["RDATE"] = vDDDLists(more)

    def _ruled(self, start: Start) -> Iterator[Start]:
        """What its rules add."""
        whole_days = not isinstance(start, datetime)
        first = datetime.combine(start, time.min) if whole_days else cast(datetime, start)
        for rule in lines(self.event, "RRULE"):
            parts = {name.upper(): value for name, value in rule.items()}
            if parts.get("UNTIL"):
                parts["UNTIL"] = [self._until(parts["UNTIL"][0])]
            for found in starts(parts, first, self.window.end, self.window.budget):
                if found >= self.earliest:
                    yield found.date() if whole_days else found

    def _rewritten(self, value: Start) -> Start:
        """The same moment as a date, or on the wall of the model's zone."""
        if not isinstance(self.model, datetime):
            return self._day(value)
        if not isinstance(value, datetime):
            return datetime.combine(value, self.model.time())
        return _naive(value if value.tzinfo is None else value.astimezone(self._zone()))

    def _zone(self) -> tzinfo:
        own = self.model.tzinfo if isinstance(self.model, datetime) else None
        return own or self.window.home

    def _day(self, value: Start) -> date:
        """Midnight means its date in whatever zone it is written; other times are of an instant."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is not None and value.time() != time.min:
            value = value.astimezone(self.window.home)
        return value.date()

    def _excluded(self, value: Start) -> Start:
        """A date takes all of its day away."""
        return self._rewritten(value) if isinstance(value, datetime) else value

    def _single(self, event: Event) -> Start:
        return self._rewritten(property_of(event, "RECURRENCE-ID").dt)

    def _also(self, value: Any) -> Any:
        """An RDATE is a start, or a period: a start and an end or a length."""
        if not isinstance(value, tuple):
            return self._rewritten(value)
        start, end = value
        length = checked_length(end if isinstance(end, timedelta) else end - start)
        own = self._rewritten(start)
        return (own, length) if isinstance(own, datetime) else own

    def _until(self, value: Start) -> datetime:
        if not isinstance(value, datetime):
            return datetime.combine(value, time.max)
        naive: datetime = value if value.tzinfo is None else value.astimezone(self._zone())
        return naive.replace(tzinfo=None)


def _in_zone(start: Start, model: Start, own: Start) -> Start:
    """As it was before it was rewritten."""
    if not isinstance(start, datetime):
        return start
    zoned = cast(datetime, model if isinstance(model, datetime) else own)
    return start.replace(tzinfo=zoned.tzinfo)


def _naive(value: Start) -> Start:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _course(override: Event) -> dict[str, str]:
    """`{"RANGE": "THISANDFUTURE"}` where it holds for all that follow, too."""
    range_ = property_of(override, "RECURRENCE-ID").params.get("RANGE")
    return {"RANGE": range_} if range_ else {}

"""The occurrences of the events with one UID: a series, and the overrides of single occurrences. Pure.

Feeds mix dates, floating times, zones and UTC in DTSTART, EXDATE, RDATE and RECURRENCE-ID. Here all
are rewritten to the form of the series' start before they are compared: as dates, or as wall-clock
times of its zone. `recurring-ical-events` then finds the occurrences.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, cast

from icalendar import Calendar, Event, vDDDLists
from recurring_ical_events import of

from sla.calendars.domain.feed import BadFeed
from sla.calendars.domain.ics_event import (
    MAX_LENGTH,
    Start,
    check_length,
    is_cancelled,
    is_override,
    length_of,
    lines,
    property_of,
    same_kind,
    sequence_of,
    start_of,
    values,
)
from sla.calendars.domain.recurrence import Budget, starts

MAX_RANGE_OVERRIDES = 100
"""The most overrides of a series that hold for all later occurrences, too (RANGE=THISANDFUTURE)."""
_INDEX = "X-INDEX"

Occurrence = tuple[Event, Start, timedelta]
"""The event as in the feed, the start of this occurrence, and its length in wall-clock time."""


def group_by_uid(events: Iterable[Event]) -> list[list[Event]]:
    """The events by UID, in non-empty lists, without outdated revisions.

    An event without a UID is a series of its own.
    """
    by_uid: dict[str, list[Event]] = {}
    for index, event in enumerate(events):
        by_uid.setdefault(str(event.get("UID", index)), []).append(event)
    return [_without_outdated(series) for series in by_uid.values()]


def _without_outdated(events: list[Event]) -> list[Event]:
    newest = max((sequence_of(one) for one in events if not is_override(one)), default=0)
    return [one for one in events if is_override(one) or sequence_of(one) == newest]


@dataclass(frozen=True, slots=True)
class Window:
    """What to search: wall-clock times `[start, end)`, the zone of floating times, and the budget."""

    start: datetime
    end: datetime
    home: tzinfo
    budget: Budget


def occurrences(events: list[Event], window: Window) -> Iterator[Occurrence]:
    """The occurrences of the events with one UID that overlap the window, in no order.

    Raises BadFeed; ValueError and TypeError for values that make no sense together.
    """
    masters = [one for one in events if not is_override(one)]
    overrides = [one for one in events if is_override(one)]
    if sum(bool(_range_of(one)) for one in overrides) > MAX_RANGE_OVERRIDES:
        raise BadFeed(f"it is changed for good more than {MAX_RANGE_OVERRIDES} times")
    model = start_of((masters or overrides)[0])
    has_range = any(map(_range_of, overrides))
    earliest = datetime.min if has_range else window.start - MAX_LENGTH  # noqa: DTZ901 - on the wall
    listed = [*masters, *overrides]
    plain = Calendar()
    for index, event in enumerate(listed):
        own_model = model if is_override(event) else start_of(event)
        rewriter = _Rewriter(event, own_model, window, earliest)
        # The overrides belong to the first master; they are excluded from further ones.
        also_out = overrides if 0 < index < len(masters) else []
        plain.add_component(rewriter.plain(index, 0 if is_override(event) else index, also_out))
    for found in of(plain).between(window.start, window.end):
        event, start = listed[property_of(found, _INDEX)], property_of(found, "DTSTART").dt
        length = property_of(found, "DTEND").dt - start
        if not is_cancelled(event):
            yield event, _in_zone(start, model, start_of(event)), length


@dataclass(frozen=True, slots=True)
class _Rewriter:
    """Rewrites the times of an event to the form of `model`, the start of its series.

    Occurrences that begin before `earliest` are dropped: they have ended before the window begins,
    unless an override moves them.
    """

    event: Event
    model: Start
    window: Window
    earliest: datetime

    def plain(self, index: int, uid: int, also_out: list[Event]) -> Event:
        """The event without zones, the occurrences of its rules as RDATEs.

        `index` is its place in the list of events, `uid` that of its master, `also_out` overrides
        whose occurrences are excluded.
        """
        first = start_of(self.event)
        start = self._rewrite(first) if same_kind(first, self.model) else _naive(first)
        plain = Event()
        plain.add("UID", str(uid))
        plain.add(_INDEX, index, encode=False)
        plain.add("DTSTART", start)
        plain.add("DTEND", start + length_of(self.event, first))
        if is_override(self.event):
            plain.add("RECURRENCE-ID", self._recurrence_id(self.event))
            plain["RECURRENCE-ID"].params.update(_range_of(self.event))
            plain.add("SEQUENCE", sequence_of(self.event))
            return plain
        self._add_dates(plain, start, also_out)
        return plain

    def _add_dates(self, plain: Event, start: Start, also_out: list[Event]) -> None:
        out: list[Start] = [self._rewrite_exdate(value) for value in values(self.event, "EXDATE")]
        out += [self._recurrence_id(event) for event in also_out]
        more = [self._rewrite_rdate(value) for value in values(self.event, "RDATE")]
        self.window.budget.spend(len(out) + len(more))
        more += self._expand_rules(start)
        if out:
            plain["EXDATE"] = vDDDLists(out)
        if more:
            plain["RDATE"] = vDDDLists(more)

    def _expand_rules(self, start: Start) -> Iterator[Start]:
        """The starts that its rules yield within the window. Raises BadFeed."""
        whole_days = not isinstance(start, datetime)
        first = datetime.combine(start, time.min) if whole_days else cast(datetime, start)
        for rule in lines(self.event, "RRULE"):
            parts = {name.upper(): value for name, value in rule.items()}
            if parts.get("UNTIL"):
                parts["UNTIL"] = [self._until(parts["UNTIL"][0])]
            for found in starts(parts, first, self.window.end, self.window.budget):
                if found >= self.earliest:
                    yield found.date() if whole_days else found

    def _rewrite(self, value: Start) -> Start:
        """Rewrite a value to the form of the model: a date, or wall-clock time of its zone."""
        if not isinstance(self.model, datetime):
            return self._day(value)
        if not isinstance(value, datetime):
            return datetime.combine(value, self.model.time())
        return _naive(value if value.tzinfo is None else value.astimezone(self._zone()))

    def _zone(self) -> tzinfo:
        own = self.model.tzinfo if isinstance(self.model, datetime) else None
        return own or self.window.home

    def _day(self, value: Start) -> date:
        """The date of a value. A midnight means its own date in any zone; other times are converted."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is not None and value.time() != time.min:
            value = value.astimezone(self.window.home)
        return value.date()

    def _rewrite_exdate(self, value: Any) -> Start:
        """Rewrite an EXDATE. A date stays one: it excludes the whole day. Raises BadFeed."""
        if isinstance(value, tuple):
            raise BadFeed("an EXDATE is a period")
        return self._rewrite(value) if isinstance(value, datetime) else value

    def _recurrence_id(self, event: Event) -> Start:
        return self._rewrite(property_of(event, "RECURRENCE-ID").dt)

    def _rewrite_rdate(self, value: Any) -> Any:
        """Rewrite an RDATE: a start, or a period, which is a start with an end or a length."""
        if not isinstance(value, tuple):
            return self._rewrite(value)
        start, end = value
        length = check_length(end if isinstance(end, timedelta) else end - start)
        own = self._rewrite(start)
        return (own, length) if isinstance(own, datetime) else own

    def _until(self, value: Start) -> datetime:
        if not isinstance(value, datetime):
            return datetime.combine(value, time.max)
        naive: datetime = value if value.tzinfo is None else value.astimezone(self._zone())
        return naive.replace(tzinfo=None)


def _in_zone(start: Start, model: Start, own: Start) -> Start:
    """A rewritten start with its zone again."""
    if not isinstance(start, datetime):
        return start
    zoned = cast(datetime, model if isinstance(model, datetime) else own)
    return start.replace(tzinfo=zoned.tzinfo)


def _naive(value: Start) -> Start:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _range_of(override: Event) -> dict[str, str]:
    """`{"RANGE": "THISANDFUTURE"}` where an override holds for all later occurrences, else empty."""
    range_ = property_of(override, "RECURRENCE-ID").params.get("RANGE")
    return {"RANGE": range_} if range_ else {}

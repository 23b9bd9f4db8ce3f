"""Zones that a feed defines itself (RFC 5545, VTIMEZONE), within the feed's budget. Pure.

Each instant of such a zone takes a look-up, which walks through all of the zone's changes: a zone
that changes every second would take hours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from threading import Lock
from typing import Any

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

from sla.calendars.domain.feed import BadFeed
from sla.calendars.domain.ics_event import lines, values
from sla.calendars.domain.recurrence import Budget, starts
from sla.calendars.domain.zone import LAST_YEAR

MAX_CHANGES = 5_000
"""The most changes of offset in a zone. Zones of Outlook begin in 1601, with some 1,000 changes."""
_CHANGES_PER_STEP = 50
_OF_OBSERVANCES = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "RDATE"})
"""The properties of STANDARD and DAYLIGHT (RFC 5545, 3.6.5) that are read. dateutil would follow an
EXRULE too, without an end."""
_HORIZON = datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001 - on the wall
_ONE_FEED_AT_A_TIME = Lock()


@contextmanager
def isolated_zones(budget: Budget) -> Iterator[None]:
    """Within this context, icalendar knows no zones of other feeds, which it keeps per process."""
    with _ONE_FEED_AT_A_TIME:
        tzp.use(_BoundedZones(budget))
        try:
            yield
        finally:
            tzp.use_default()


class _BoundedZones(ZONEINFO):
    """Provides zones to icalendar: named ones as usual, those that a feed defines with bounds."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def create_timezone(self, tz: Timezone) -> tzinfo:  # type: ignore[override]  # as in ZONEINFO
        changes = sum(self._expand(observance) for observance in tz.subcomponents)
        if changes > MAX_CHANGES:
            raise BadFeed(f"its zone {tz['TZID']} changes more than {MAX_CHANGES} times")
        return _BoundedZone(super().create_timezone(tz), changes, self._budget)

    def _expand(self, observance: Any) -> int:
        """Replace the rules of an observance by their dates; the number of its beginnings."""
        for name in set(observance) - _OF_OBSERVANCES:
            observance.pop(name)
        rules, begins = lines(observance, "RRULE"), [*values(observance, "RDATE")]
        observance.pop("RRULE", None)
        for rule in rules:
            parts = {name.upper(): value for name, value in rule.items()}
            if until := parts.get("UNTIL"):
                parts["UNTIL"] = [until[0].replace(tzinfo=None)]
            first = observance["DTSTART"].dt.replace(tzinfo=None)
            begins += starts(parts, first, _HORIZON, self._budget)
        observance.pop("RDATE", None)
        if begins:
            observance.add("RDATE", begins)
        self._budget.spend(1 + len(begins))
        return 1 + len(begins)


class _BoundedZone(tzinfo):
    """A zone whose look-ups spend steps of the budget."""

    def __init__(self, inner: tzinfo, changes: int, budget: Budget) -> None:
        self._inner, self._budget = inner, budget
        self._price = 1 + changes // _CHANGES_PER_STEP

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        self._budget.spend(self._price)
        return self._inner.utcoffset(dt)

    def dst(self, dt: datetime | None) -> timedelta | None:
        self._budget.spend(self._price)
        return self._inner.dst(dt)

    def tzname(self, dt: datetime | None) -> str | None:
        return self._inner.tzname(dt)

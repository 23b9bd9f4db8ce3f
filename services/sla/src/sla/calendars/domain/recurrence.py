"""When a recurring event happens, within limits that no feed can stretch (RFC 5545, 3.3.10). Pure.

A feed comes from outside. A rule steps through every period from its start, whether it yields
anything or not, and dateutil would look for a 30 February until the year 9999.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Self

from dateutil.rrule import rrulestr

from sla.calendars.domain.feed import BadFeed

MAX_STEPS = 200_000
"""What everything in a feed may take together; a step is some microseconds."""
MAX_RULE_CHARS = 1000
_DAYS_PER_PERIOD: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_STEPS_PER_PERIOD: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 1, "MONTHLY": 2, "YEARLY": 15}


class Budget:
    """What is left of the steps for one feed."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.remaining = steps

    def spend(self, steps: int) -> None:
        """Raises BadFeed when everything in the feed together is too much."""
        self.remaining -= steps
        if self.remaining < 0:
            raise BadFeed("its recurring events go on for too long; end them, or import fewer")


def starts(
    rule: Mapping[str, Any], first: datetime, until: datetime, budget: Budget
) -> Iterator[datetime]:
    """The starts of a rule from `first` on, to `until`; all on the wall, without offset.

    `rule` is an iCalendar RRULE as upper-case parts with lists of values; an UNTIL must be on the
    wall, too. Raises BadFeed.
    """
    frequency, interval = _checked(rule)
    ends = min(until, _first_value(rule, "UNTIL", until))
    if ends < first:
        return
    # Two more than fit: one for the period that has begun, one as weeks begin on a Monday.
    periods = (ends - first).days // (_DAYS_PER_PERIOD[frequency] * interval) + 2
    price = _STEPS_PER_PERIOD[frequency] * (1 + len(rule.get("BYSETPOS", ())))
    metered = _MeteredInterval(interval, _Meter(periods, price, budget))
    for start in islice(_expand_rule(rule, first, ends, metered), _first_value(rule, "COUNT")):
        budget.spend(1)
        yield start


def _checked(rule: Mapping[str, Any]) -> tuple[str, int]:
    """Frequency and interval. Raises BadFeed for what is not read."""
    frequency, interval = _first_value(rule, "FREQ"), _first_value(rule, "INTERVAL", 1)
    if frequency not in _DAYS_PER_PERIOD:
        raise BadFeed(f"FREQ={frequency} is not read; DAILY, WEEKLY, MONTHLY and YEARLY are")
    if interval < 1:
        raise BadFeed("INTERVAL must be at least 1")
    by_time = {"BYHOUR", "BYMINUTE", "BYSECOND"}
    if unsupported := sorted(by_time & {name for name in rule if rule[name]}):
        raise BadFeed(f"{unsupported[0]} is not read; write an event for each time of the day")
    return frequency, interval


@dataclass(slots=True)
class _Meter:
    """Pays for each period of one rule, and ends it after the last."""

    periods: int
    price: int
    budget: Budget

    def count(self) -> None:
        self.budget.spend(self.price)
        self.periods -= 1
        if self.periods < 0:
            raise _Ended


class _MeteredInterval(int):
    """An INTERVAL that counts the periods: dateutil adds it, or seven times it, for the next one.

    An UNTIL does not end a rule that yields nothing.
    """

    meter: _Meter

    def __new__(cls, interval: int, meter: _Meter) -> Self:
        self = super().__new__(cls, interval)
        self.meter = meter
        return self

    def __radd__(self, period: int) -> int:
        self.meter.count()
        return period + int(self)

    def __mul__(self, days: int) -> Self:
        return type(self)(int(self) * days, self.meter)


class _Ended(Exception):
    """The last period of a rule is over."""


def _expand_rule(
    rule: Mapping[str, Any], first: datetime, ends: datetime, interval: int
) -> Iterator[datetime]:
    parts = [
        f"{name}={','.join(map(str, values))}"
        for name, values in rule.items()
        if name not in ("UNTIL", "COUNT") and values
    ]
    rule_text = ";".join(parts)
    if len(rule_text) > MAX_RULE_CHARS:
        raise BadFeed(f"a rule is longer than {MAX_RULE_CHARS} characters")
    try:
        # COUNT is counted by the caller: dateutil alone would look for the last one for too long.
        yield from rrulestr(rule_text, dtstart=first).replace(until=ends, interval=interval)
    except _Ended:
        return
    except (TypeError, KeyError, IndexError, AttributeError, ValueError) as error:
        if isinstance(error, BadFeed):
            raise
        raise BadFeed(f"the rule {rule_text[:100]} cannot be followed: {error}") from None


def _first_value(rule: Mapping[str, Any], name: str, default: Any = None) -> Any:
    values = rule.get(name)
    return values[0] if values else default

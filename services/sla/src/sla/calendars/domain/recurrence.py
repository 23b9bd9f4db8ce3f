"""Expands recurrence rules (RFC 5545, 3.3.10) within a budget of steps. Pure.

Feeds come from outside. dateutil steps through every period of a rule, whether it yields anything or
not: it would search for a 30 February until the year 9999.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Self

from dateutil.rrule import rrulestr

from sla.calendars.domain.feed import BadFeed

MAX_STEPS = 200_000
"""The most steps for a whole feed; a step takes some microseconds."""
MAX_RULE_CHARS = 1000
_DAYS_PER_PERIOD: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_STEPS_PER_PERIOD: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 1, "MONTHLY": 2, "YEARLY": 15}


class Budget:
    """The steps that remain for one feed."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.remaining = steps

    def spend(self, steps: int) -> None:
        """Take steps from the budget. Raises BadFeed when it is exceeded."""
        self.remaining -= steps
        if self.remaining < 0:
            raise BadFeed("its recurring events go on for too long; end them, or import fewer")


def starts(
    rule: Mapping[str, Any], first: datetime, until: datetime, budget: Budget
) -> Iterator[datetime]:
    """The starts that a rule yields from `first` to `until`, in wall-clock time.

    `rule` is an RRULE as upper-case parts with lists of values; its UNTIL is wall-clock time, too.
    Raises BadFeed for a rule that is not supported or takes too long.
    """
    frequency, interval = _check_rule(rule)
    ends = min(until, _first_value(rule, "UNTIL", until))
    if ends < first:
        return
    # Two more: one for the period that has begun, one because weeks begin on a Monday.
    periods = (ends - first).days // (_DAYS_PER_PERIOD[frequency] * interval) + 2
    price = _STEPS_PER_PERIOD[frequency] * (1 + len(rule.get("BYSETPOS", ())))
    metered = _MeteredInterval(interval, _Meter(periods, price, budget))
    for start in islice(_expand_rule(rule, first, ends, metered), _first_value(rule, "COUNT")):
        budget.spend(1)
        yield start


def _check_rule(rule: Mapping[str, Any]) -> tuple[str, int]:
    """The frequency and the interval. Raises BadFeed for a rule that is not supported."""
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
    """Spends `price` steps for each period of a rule, and ends the rule after its last one."""

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
        # The caller applies COUNT: dateutil would search for the last start without a limit.
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

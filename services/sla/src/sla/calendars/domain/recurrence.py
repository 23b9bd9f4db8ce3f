"""When a recurring event happens, within limits that no feed can stretch (RFC 5545, 3.3.10). Pure.

A feed comes from outside, so its rules are priced before they are followed: a rule steps through
every period from its start, whether it yields anything or not (30 February never comes).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr

from sla.calendars.domain.feed import BadFeed

MAX_PERIODS = 100_000
"""Steps that all rules of a feed may take together; each is some microseconds."""
MAX_RULE_CHARS = 1000
"""Characters."""
_DAYS_PER_PERIOD: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}


class Budget:
    """What is left of the steps for one feed."""

    def __init__(self, periods: int = MAX_PERIODS) -> None:
        self.remaining = periods

    def spend(self, periods: int) -> None:
        """Raises BadFeed when the feed's rules together are too much."""
        self.remaining -= periods
        if self.remaining < 0:
            raise BadFeed("its recurring events go on for too long; end them, or import fewer")


def occurrences(
    rule: Mapping[str, Any], start: datetime, until: datetime, budget: Budget
) -> Iterator[datetime]:
    """The starts of a rule from `start` on, before `until`; all on the wall, without offset.

    `rule` is an iCalendar RRULE as upper-case parts with lists of values; an UNTIL must be on the
    wall, too. Raises BadFeed.
    """
    frequency, interval = _first_value(rule, "FREQ"), int(_first_value(rule, "INTERVAL", 1))
    if frequency not in _DAYS_PER_PERIOD:
        raise BadFeed(f"FREQ={frequency} is not read; DAILY, WEEKLY, MONTHLY and YEARLY are")
    if interval < 1:
        raise BadFeed("INTERVAL must be at least 1")
    if unsupported := sorted(
        {"BYHOUR", "BYMINUTE", "BYSECOND"} & {name for name in rule if rule[name]}
    ):
        raise BadFeed(f"{unsupported[0]} is not read; write an event for each time of the day")
    ends = min(until, _first_value(rule, "UNTIL", until))
    if ends < start:
        return
    budget.spend((ends - start).days // (_DAYS_PER_PERIOD[frequency] * interval) + 1)
    count = _first_value(rule, "COUNT", None)
    yield from islice(_expand_rule(rule, start, ends), None if count is None else int(count))


def _expand_rule(rule: Mapping[str, Any], start: datetime, ends: datetime) -> Iterator[datetime]:
    parts = [
        f"{name}={','.join(map(_text, values))}"
        for name, values in rule.items()
        if name not in ("UNTIL", "COUNT") and values
    ]
    rule_text = ";".join(parts)
    if len(rule_text) > MAX_RULE_CHARS:
        raise BadFeed(f"a rule is longer than {MAX_RULE_CHARS} characters")
    try:
        # COUNT is counted by us: dateutil alone would look for the last one until the year 9999.
        yield from rrulestr(rule_text, dtstart=start).replace(until=ends)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadFeed(f"the rule {rule_text[:100]} cannot be followed: {error}") from None


def _first_value(rule: Mapping[str, Any], name: str, default: Any = None) -> Any:
    values = rule.get(name)
    return values[0] if values else default


def _text(value: object) -> str:
    return str(value)

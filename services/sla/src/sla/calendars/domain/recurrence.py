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

PERIODS = 100_000
"""Steps that all rules of a feed may take together; each is some microseconds."""
LONGEST_RULE = 1000
"""Characters."""
_DAYS: Mapping[str, int] = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}


class Budget:
    """What is left of the steps for one feed."""

    def __init__(self, periods: int = PERIODS) -> None:
        self.left = periods

    def spend(self, periods: int) -> None:
        """Raises BadFeed when the feed's rules together are too much."""
        self.left -= periods
        if self.left < 0:
            raise BadFeed("its recurring events go on for too long; end them, or import fewer")


def occurrences(
    rule: Mapping[str, Any], start: datetime, until: datetime, budget: Budget
) -> Iterator[datetime]:
    """The starts of a rule from `start` on, before `until`; all on the wall, without offset.

    `rule` is an iCalendar RRULE as upper-case parts with lists of values; an UNTIL must be on the
    wall, too. Raises BadFeed.
    """
    frequency, interval = _one(rule, "FREQ"), int(_one(rule, "INTERVAL", 1))
    if frequency not in _DAYS:
        raise BadFeed(f"FREQ={frequency} is not read; DAILY, WEEKLY, MONTHLY and YEARLY are")
    if interval < 1:
        raise BadFeed("INTERVAL must be at least 1")
    if several := sorted(
        {"BYHOUR", "BYMINUTE", "BYSECOND"} & {name for name in rule if rule[name]}
    ):
        raise BadFeed(f"{several[0]} is not read; write an event for each time of the day")
    ends = min(until, _one(rule, "UNTIL", until))
    if ends < start:
        return
    budget.spend((ends - start).days // (_DAYS[frequency] * interval) + 1)
    count = _one(rule, "COUNT", None)
    yield from islice(_followed(rule, start, ends), None if count is None else int(count))


def _followed(rule: Mapping[str, Any], start: datetime, ends: datetime) -> Iterator[datetime]:
    parts = [
        f"{name}={','.join(map(_text, values))}"
        for name, values in rule.items()
        if name not in ("UNTIL", "COUNT") and values
    ]
    written = ";".join(parts)
    if len(written) > LONGEST_RULE:
        raise BadFeed(f"a rule is longer than {LONGEST_RULE} characters")
    try:
        # COUNT is counted by us: dateutil alone would look for the last one until the year 9999.
        yield from rrulestr(written, dtstart=start).replace(until=ends)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
        raise BadFeed(f"the rule {written[:100]} cannot be followed: {wrong}") from None


def _one(rule: Mapping[str, Any], name: str, default: Any = None) -> Any:
    values = rule.get(name)
    return values[0] if values else default


def _text(value: object) -> str:
    return str(value)

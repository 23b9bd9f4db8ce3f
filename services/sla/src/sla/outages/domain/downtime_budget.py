"""When a share of the month's allowed downtime is used up (R3). Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sla.outages.domain.availability import ZERO, AgreedPeriod, Availability
from sla.outages.domain.state_timeline import Segment

WARNING_THRESHOLDS = (0.5, 0.75, 0.9, 1.0)
"""Shares of the budget at which a warning is sent, each once a month; 1 is all of it."""


def reached_thresholds(availability: Availability) -> tuple[float, ...]:
    """Return the thresholds that the downtime so far has reached; empty without downtime."""
    if availability.budget is None or availability.budget_downtime == ZERO:
        return ()
    return tuple(
        share
        for share in WARNING_THRESHOLDS
        if availability.budget_downtime >= availability.budget * share
    )


def threshold_reached_at(
    agreed_periods: Sequence[AgreedPeriod], availability: Availability, threshold: float
) -> datetime | None:
    """Return when the downtime reaches a threshold; None if it does not.

    `availability` may reach into the future.
    """
    if availability.budget is None:
        return None
    promised_periods = sorted(
        (one for one in agreed_periods if one.promised_ratio is not None), key=lambda a: a.start
    )
    down_segments = (
        part.segment
        for part in availability.parts
        if part.segment.state == "down" and part.promised_time
    )
    return _used_up_at(_openings(promised_periods, down_segments), availability.budget * threshold)


def _used_up_at(
    openings: Iterable[tuple[datetime, datetime]], allowed: timedelta
) -> datetime | None:
    remaining = allowed
    for opens, closes in openings:
        if remaining <= closes - opens:
            return opens + remaining
        remaining -= closes - opens
    return None


def _openings(
    periods: Sequence[AgreedPeriod], segments: Iterable[Segment]
) -> Iterator[tuple[datetime, datetime]]:
    for segment in segments:
        for period in periods:
            first, last = max(segment.start, period.start), min(segment.end, period.end)
            if first < last:
                yield from period.timetable.openings(first, last)

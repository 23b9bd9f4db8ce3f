"""When so much of the month's allowed downtime is used up (R3). Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sla.outages.domain.availability import ZERO, Agreed, Availability
from sla.outages.domain.timeline import Segment

SHARES = (0.5, 0.75, 0.9, 1.0)
"""Shares of the budget at which people are told, each once a month. 1: it is used up."""


def reached(found: Availability) -> tuple[float, ...]:
    """The shares that the downtime so far has reached. None for a promise without downtime."""
    if found.budget is None or found.judged == ZERO:
        return ()
    return tuple(share for share in SHARES if found.judged >= found.budget * share)


def crossing(agreed: Sequence[Agreed], found: Availability, share: float) -> datetime | None:
    """When `found`, which may reach into the future, has used up that share; None if it does not."""
    if found.budget is None:
        return None
    promised = sorted((one for one in agreed if one.promised is not None), key=lambda a: a.start)
    down = (part.segment for part in found.parts if part.segment.state == "down" and part.judged)
    return _reached_at(_openings(promised, down), found.budget * share)


def _reached_at(
    openings: Iterable[tuple[datetime, datetime]], allowed: timedelta
) -> datetime | None:
    left = allowed
    for opens, closes in openings:
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return None


def _openings(
    agreed: Sequence[Agreed], segments: Iterable[Segment]
) -> Iterator[tuple[datetime, datetime]]:
    for segment in segments:
        for one in agreed:
            first, last = max(segment.start, one.start), min(segment.end, one.end)
            if first < last:
                yield from one.timetable.openings(first, last)

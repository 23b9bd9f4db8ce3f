"""When the timers were not alive, from the beats that they left (R16). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSE = timedelta(seconds=30)
"""A longer real pause between two looks of a timekeeper is no life."""
PATIENCE = timedelta(minutes=2)
"""How long after the last beat the next one may still come."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A timekeeper was alive from `since` (its beat before; None of its first) to `at`. `longest`
    is the longest real time between two of its looks meanwhile."""

    at: datetime
    since: datetime | None
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Gap:
    """No timekeeper of any replica was alive. `open`: it lasts still."""

    start: datetime
    end: datetime
    open: bool = False


def gaps(beats: Iterable[Beat], start: datetime, end: datetime) -> list[Gap]:
    """Within `[start, end)`, in order. Known to a minute: a process that dies says nothing.

    `beats` are those with `at >= start` in any order; `end` is now at the latest.
    """
    found: list[Gap] = []
    alive = start
    for since, until in sorted(_lives(beats)):
        if since > alive:
            found.append(Gap(alive, min(since, end)))
        alive = max(alive, until)
    if end - alive > PATIENCE:
        found.append(Gap(alive, end, open=True))
    return [gap for gap in found if gap.start < gap.end]


def _lives(beats: Iterable[Beat]) -> Iterable[tuple[datetime, datetime]]:
    for beat in beats:
        lived = beat.since is not None and beat.longest <= PAUSE
        yield (beat.since if lived and beat.since is not None else beat.at, beat.at)

"""When the timers were not alive, from the beats that they left (R16). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_LOOP_GAP = timedelta(seconds=30)
"""A longer real pause between two looks of a timekeeper is no life."""
BEAT_TIMEOUT = timedelta(minutes=2)
"""How long after the last beat the next one may still come."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A timekeeper was alive from `since` (its beat before; None of its first) to `at`. `longest`
    is the longest real time between two of its looks meanwhile."""

    at: datetime
    since: datetime | None
    longest_gap: timedelta


@dataclass(frozen=True, slots=True)
class Gap:
    """No timekeeper of any replica was alive. `open`: it lasts still."""

    start: datetime
    end: datetime
    open: bool = False


def find_gaps(beats: Iterable[Beat], start: datetime, end: datetime) -> list[Gap]:
    """Within `[start, end)`, in order. Known to a minute: a process that dies says nothing.

    `beats` are those with `at >= start` in any order; `end` is now at the latest.
    """
    result: list[Gap] = []
    alive_until = start
    for since, until in sorted(_alive_intervals(beats)):
        if since > alive_until:
            result.append(Gap(alive_until, min(since, end)))
        alive_until = max(alive_until, until)
    if end - alive_until > BEAT_TIMEOUT:
        result.append(Gap(alive_until, end, open=True))
    return [gap for gap in result if gap.start < gap.end]


def _alive_intervals(beats: Iterable[Beat]) -> Iterable[tuple[datetime, datetime]]:
    for beat in beats:
        was_alive = beat.since is not None and beat.longest_gap <= MAX_LOOP_GAP
        yield (beat.since if was_alive and beat.since is not None else beat.at, beat.at)

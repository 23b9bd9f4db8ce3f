"""The gaps in which no timers ran, computed from their beats (R16). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_LOOP_GAP = timedelta(seconds=30)
"""A timer loop that pauses for longer than this, in real time, was not alive."""
BEAT_TIMEOUT = timedelta(minutes=2)
"""The longest time between two beats without a gap."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign that the timers of a replica were alive from `since`, the beat before, to `at`.

    `since` is None for the first beat of a run. `longest_gap` is the longest real time between two
    iterations of the loop in between.
    """

    at: datetime
    since: datetime | None
    longest_gap: timedelta


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval in which the timers of no replica were alive. `open`: it is not over."""

    start: datetime
    end: datetime
    open: bool = False


def find_gaps(beats: Iterable[Beat], start: datetime, end: datetime) -> list[Gap]:
    """The gaps within `[start, end)`, in order, to the minute, as a process that dies stores nothing.

    `beats` are those with `at >= start`, in any order; `end` is not in the future.
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

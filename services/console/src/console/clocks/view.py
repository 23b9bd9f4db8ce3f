"""One promise explained: what counted, what did not and why, and what happened to it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from console.clock_list import clock_mark
from console.clocks.event_view import Event, event_of
from console.figures import length
from console.promises import Mark
from console.upstream.part import Missing, Part, data_of, items_of

COUNTED: Final = "counted"
MAX_INTERVALS: Final = 200
"""A table of more is read by nobody; the newest are shown, and the page says so."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A part of the time since the opening; `counted` of its `length` counted. `name`: of a holiday."""

    starts_at: str
    ends_at: str
    reason: str
    length: timedelta
    counted: timedelta
    name: str | None


@dataclass(frozen=True, slots=True)
class NotCounted:
    """So much time did not count for this reason."""

    reason: str
    length: timedelta


@dataclass(frozen=True, slots=True)
class ClockPage:
    """The page of a promise. `intervals` are the newest ones, `left_out` earlier ones."""

    clock: Mapping[str, Any]
    explanation: Mapping[str, Any]
    events: tuple[Event, ...]
    mark: Mark
    target: timedelta | None
    counted: timedelta
    remaining: timedelta | None
    overrun: timedelta
    not_counted: tuple[NotCounted, ...]
    intervals: tuple[Interval, ...]
    left_out: int
    firings: tuple[Mapping[str, Any], ...]
    firings_missing: Missing | None
    waivers: tuple[Mapping[str, Any], ...]
    waivers_missing: Missing | None

    @property
    def share(self) -> float:
        return min(1.0, self.counted / self.target) if self.target else 0.0


@dataclass(frozen=True, slots=True)
class KnownClock:
    """A clock as it was known at an earlier moment, with the figures of that moment."""

    facts: Mapping[str, Any]
    mark: Mark
    counted: timedelta
    target: timedelta | None


def known_clock(replay: Mapping[str, Any]) -> KnownClock:
    counted = timedelta(seconds=replay["elapsed_seconds"])
    at = datetime.fromisoformat(replay["as_of"])
    return KnownClock(replay, clock_mark(replay, at), counted, length(replay["target_seconds"]))


def clock_page(parts: Mapping[str, Part], moment: datetime) -> ClockPage:
    """Put together an explanation, the firings and the waivers of a promise."""
    explanation = data_of(parts["explanation"])
    assert explanation is not None, "without it there is another page"
    clock = explanation["clock"]
    intervals = [_interval(one) for one in explanation["intervals"]]
    detail = data_of(parts["clock"]) or {}
    waivers = parts.get("waivers")
    return ClockPage(
        clock,
        explanation,
        tuple(map(event_of, explanation["events"])),
        clock_mark(clock, moment),
        length(clock["target_seconds"]),
        timedelta(seconds=explanation["elapsed_seconds"]),
        length(clock["remaining_seconds"]),
        timedelta(seconds=clock["overrun_seconds"]),
        tuple(_not_counted(_until_stopped(clock, intervals))),
        tuple(intervals[-MAX_INTERVALS:]),
        max(0, len(intervals) - MAX_INTERVALS),
        tuple(detail.get("firings", ())),
        _missing(parts["clock"]),
        tuple(items_of(waivers)) if waivers else (),
        _missing(waivers),
    )


def _missing(part: Part | None) -> Missing | None:
    return part if isinstance(part, Missing) else None


def _interval(item: Mapping[str, Any]) -> Interval:
    start, end = (datetime.fromisoformat(item[name]) for name in ("starts_at", "ends_at"))
    counted = timedelta(seconds=item["elapsed_seconds"])
    return Interval(
        item["starts_at"], item["ends_at"], item["reason"], end - start, counted, item["name"]
    )


def _until_stopped(clock: Mapping[str, Any], intervals: Sequence[Interval]) -> Sequence[Interval]:
    """Leave out what came after the end: nobody expects that to count."""
    is_over = clock["stopped_at"] is not None and intervals and intervals[-1].reason == "stopped"
    return intervals[:-1] if is_over else intervals


def _not_counted(intervals: Sequence[Interval]) -> Iterable[NotCounted]:
    """Return how much did not count for each reason, most first."""
    sums: dict[str, timedelta] = {}
    for one in intervals:
        rest = one.length - one.counted
        if rest and one.reason != COUNTED:
            sums[one.reason] = sums.get(one.reason, timedelta()) + rest
    longest_first = sorted(sums.items(), key=lambda item: -item[1])
    return (NotCounted(reason, length) for reason, length in longest_first)

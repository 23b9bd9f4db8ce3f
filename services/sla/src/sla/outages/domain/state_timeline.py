"""The states of a period: up, degraded, down and maintenance; overlapping intervals count once.
Pure.

Intervals are half-open, `[start, end)`. Each instant has one state, the first of: down,
maintenance, degraded, up. Downtime in agreed maintenance is `excluded` beforehand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal, NamedTuple

Effect = Literal["down", "degraded"]
State = Literal["up", "degraded", "down", "maintenance"]


class Span(NamedTuple):
    """The interval `[start, end)`; `end` None: it still lasts."""

    start: datetime
    end: datetime | None


class DowntimeInterval(NamedTuple):
    """An outage, or a part of it, as it counts for a query. `name` is the key of the outage."""

    start: datetime
    end: datetime | None
    effect: Literal["down", "degraded", "excluded"]
    name: str


class Window(NamedTuple):
    """Maintenance that was agreed in time. `name` is the key of the maintenance or agreement."""

    start: datetime
    end: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """An interval of one state, with the names of the outages and windows that cause it."""

    start: datetime
    end: datetime
    state: State
    outages: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()


class _Edge(NamedTuple):
    at: datetime
    is_start: bool
    interval: DowntimeInterval | Window


def build_timeline(
    downtime_intervals: Iterable[DowntimeInterval],
    windows: Iterable[Window],
    start: datetime,
    end: datetime,
) -> list[Segment]:
    """Build the segments of `[start, end)`, in order; open intervals last to `end`."""
    edges = sorted(_edges([*downtime_intervals, *windows], start, end), key=lambda edge: edge.at)
    active: dict[DowntimeInterval | Window, int] = {}
    segments, at = list[Segment](), start
    for instant, changes in groupby(edges, key=lambda edge: edge.at):
        if at < instant:
            _append(segments, _build_segment(at, instant, active))
            at = instant
        for edge in changes:
            _apply_edge(active, edge)
    if at < end:
        _append(segments, _build_segment(at, end, active))
    return segments


def exclude_maintenance(
    interval: DowntimeInterval, windows: Iterable[Window]
) -> Iterator[DowntimeInterval]:
    """Yield the parts of an interval; those within the windows have the effect `excluded`."""
    at = interval.start
    for start, end in union(Span(window.start, window.end) for window in windows):
        assert end is not None
        first, last = max(start, at), end if interval.end is None else min(end, interval.end)
        if first >= last:
            continue
        if at < first:
            yield interval._replace(start=at, end=first)
        yield interval._replace(start=first, end=last, effect="excluded")
        at = last
    if interval.end is None or at < interval.end or at == interval.start:
        yield interval._replace(start=at)


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as disjoint spans, in order; adjoining spans are merged."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < span.start):
            merged.append(span)
        else:
            merged[-1] = Span(last.start, _later(last.end, span.end))
    return merged


def _later(left: datetime | None, right: datetime | None) -> datetime | None:
    return None if left is None or right is None else max(left, right)


def _edges(
    intervals: Iterable[DowntimeInterval | Window], start: datetime, end: datetime
) -> Iterator[_Edge]:
    for interval in intervals:
        first, last = (
            max(interval.start, start),
            end if interval.end is None else min(interval.end, end),
        )
        if first < last:
            yield _Edge(first, True, interval)
            yield _Edge(last, False, interval)


def _apply_edge(active: dict[DowntimeInterval | Window, int], edge: _Edge) -> None:
    """Add or remove the interval of an edge; equal intervals are counted."""
    count = active.get(edge.interval, 0) + (1 if edge.is_start else -1)
    if count:
        active[edge.interval] = count
    else:
        active.pop(edge.interval)


def _build_segment(
    start: datetime, end: datetime, active: Iterable[DowntimeInterval | Window]
) -> Segment:
    effects: dict[str, set[str]] = {"down": set(), "excluded": set(), "degraded": set()}
    windows = set()
    for interval in active:
        if isinstance(interval, DowntimeInterval):
            effects[interval.effect].add(interval.name)
        else:
            windows.add(interval.name)
    state = _state(effects, windows)
    outages = effects["excluded" if state == "maintenance" else state] if state != "up" else set()
    return Segment(start, end, state, tuple(sorted(outages)), tuple(sorted(windows)))


def _state(effects: dict[str, set[str]], windows: set[str]) -> State:
    if effects["down"]:
        return "down"
    if windows or effects["excluded"]:
        return "maintenance"
    return "degraded" if effects["degraded"] else "up"


def _append(segments: list[Segment], segment: Segment) -> None:
    last = segments[-1] if segments else None
    if last is not None and _has_same_state(last, segment):
        segments[-1] = replace(last, end=segment.end)
    else:
        segments.append(segment)


def _has_same_state(left: Segment, right: Segment) -> bool:
    return (left.state, left.outages, left.windows) == (right.state, right.outages, right.windows)

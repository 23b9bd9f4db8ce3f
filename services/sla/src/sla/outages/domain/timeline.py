"""A stretch of time as a strip of up, degraded, down and maintenance: overlapping ones count once.

Pure. Intervals are half-open `[start, end)`; at each instant the strip shows one state: down before
maintenance before degraded before up. Downtime in agreed maintenance is `excluded` beforehand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal, NamedTuple

Effect = Literal["down", "degraded"]
State = Literal["up", "degraded", "down", "maintenance"]


class Span(NamedTuple):
    """`[start, end)`; `end` None is still lasting."""

    start: datetime
    end: datetime | None


class Trouble(NamedTuple):
    """An outage as it counts for one question, or a piece of it. `name` is what people call it."""

    start: datetime
    end: datetime | None
    effect: Literal["down", "degraded", "excluded"]
    name: str


class Window(NamedTuple):
    """Maintenance that was agreed beforehand."""

    start: datetime
    end: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """`troubles` and `windows` say by their names why it is what it is."""

    start: datetime
    end: datetime
    state: State
    troubles: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()


class _Edge(NamedTuple):
    at: datetime
    begins: bool
    what: Trouble | Window


def strip(
    troubles: Iterable[Trouble], windows: Iterable[Window], start: datetime, end: datetime
) -> list[Segment]:
    """`[start, end)` without a gap, in order; what still lasts reaches to `end`."""
    edges = sorted(_edges([*troubles, *windows], start, end), key=lambda edge: edge.at)
    present: dict[Trouble | Window, int] = {}
    segments, at = list[Segment](), start
    for instant, changes in groupby(edges, key=lambda edge: edge.at):
        if at < instant:
            _append(segments, _segment(at, instant, present))
            at = instant
        for edge in changes:
            _change(present, edge)
    if at < end:
        _append(segments, _segment(at, end, present))
    return segments


def excused(trouble: Trouble, windows: Iterable[Window]) -> Iterator[Trouble]:
    """The pieces of an outage: those that lie in the windows are excused, the others stay."""
    at = trouble.start
    for start, end in union(Span(window.start, window.end) for window in windows):
        assert end is not None
        first, last = max(start, at), end if trouble.end is None else min(end, trouble.end)
        if first >= last:
            continue
        if at < first:
            yield trouble._replace(start=at, end=first)
        yield trouble._replace(start=first, end=last, effect="excluded")
        at = last
    if trouble.end is None or at < trouble.end or at == trouble.start:
        yield trouble._replace(start=at)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time as disjoint spans in order; what touches is one. None ends last."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < span.start):
            merged.append(span)
        else:
            merged[-1] = Span(last.start, _later(last.end, span.end))
    return merged


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _edges(spans: Iterable[Trouble | Window], start: datetime, end: datetime) -> Iterator[_Edge]:
    for what in spans:
        first, last = max(what.start, start), end if what.end is None else min(what.end, end)
        if first < last:
            yield _Edge(first, True, what)
            yield _Edge(last, False, what)


def _change(present: dict[Trouble | Window, int], edge: _Edge) -> None:
    """Count it in or out; the very same span may be given several times."""
    count = present.get(edge.what, 0) + (1 if edge.begins else -1)
    if count:
        present[edge.what] = count
    else:
        present.pop(edge.what)


def _segment(start: datetime, end: datetime, present: Iterable[Trouble | Window]) -> Segment:
    effects: dict[str, set[str]] = {"down": set(), "excluded": set(), "degraded": set()}
    windows = set()
    for what in present:
        if isinstance(what, Trouble):
            effects[what.effect].add(what.name)
        else:
            windows.add(what.name)
    state = _state(effects, windows)
    named = effects["excluded" if state == "maintenance" else state] if state != "up" else set()
    return Segment(start, end, state, tuple(sorted(named)), tuple(sorted(windows)))


def _state(effects: dict[str, set[str]], windows: set[str]) -> State:
    if effects["down"]:
        return "down"
    if windows or effects["excluded"]:
        return "maintenance"
    return "degraded" if effects["degraded"] else "up"


def _append(segments: list[Segment], new: Segment) -> None:
    last = segments[-1] if segments else None
    if last is not None and _alike(last, new):
        segments[-1] = replace(last, end=new.end)
    else:
        segments.append(new)


def _alike(one: Segment, other: Segment) -> bool:
    return (one.state, one.troubles, one.windows) == (other.state, other.troubles, other.windows)

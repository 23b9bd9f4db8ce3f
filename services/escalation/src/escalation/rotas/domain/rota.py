"""Who is on call when (E3, E16). Pure.

Layers add up; each hands over in wall-clock time, so a 09:00 hand-off stays at 09:00 when the
clocks change. Intervals are half-open: at the hand-off instant the new person is on call.
Instants between the years 2000 and 2200 are supported.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from escalation.rotas.domain import local_time
from escalation.rotas.domain.time_window import Window, is_open

Unit = Literal["hours", "days", "weeks", "months"]
Gap = tuple[datetime, datetime]
HORIZONS: Final = (timedelta(days=8), timedelta(days=62))
"""How far a change of who is on call is looked for: most come within a week."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Participants that take turns of `length` units from the naive local time `starts_at` on.

    With `hours` the layer names somebody only while one of these windows is open.
    """

    participants: tuple[str, ...]
    starts_at: datetime
    zone: str
    length: int
    unit: Unit
    hours: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """A change of who is on call in `[starts_at, ends_at)`.

    `add` appends `person`; `remove` drops the base user `replaces`; `replace` puts `person` in
    the place of `replaces`.
    """

    kind: Literal["add", "remove", "replace"]
    starts_at: datetime
    ends_at: datetime
    person: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Rota:
    """Layers and overrides. Stored as JSON by the names of the fields, like its parts."""

    key: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


def on_call(rota: Rota, at: datetime) -> tuple[str, ...]:
    """Everybody on call at an instant, each once, in the order of the layers."""
    base = [person for layer in rota.layers if (person := _turn_of(layer, at))]
    active = [o for o in rota.overrides if o.starts_at <= at < o.ends_at]
    # Each override looks at the base users only, so a replacement is never replaced again.
    swaps = {o.replaces: o.person for o in active if o.kind != "add"}
    people = [swaps.get(person, person) for person in base]
    added = [o.person for o in active if o.kind == "add"]
    return tuple(dict.fromkeys(person for person in people + added if person))


@dataclass(frozen=True, slots=True)
class TurnOver:
    """From `at` on others are on call; nobody, where `people` is empty."""

    at: datetime
    people: tuple[str, ...]


def next_turn_over(rota: Rota, at: datetime) -> TurnOver | None:
    """When the people who are on call at `at` change next, and who they are then.

    None where they stay the same for two months.
    """
    present = on_call(rota, at)
    for horizon in HORIZONS:
        edges = sorted({edge for edge in _edges(rota, at, at + horizon) if at < edge})
        for edge in edges:
            if (people := on_call(rota, edge)) != present:
                return TurnOver(edge, people)
    return None


def hand_off(layer: Layer, turn: int) -> datetime:
    """The instant at which turn `turn` (0 is the first) begins."""
    return local_time.to_instant(_local_start(layer, turn), layer.zone)


def find_gaps(rota: Rota, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gaps of `[since, until)` in which nobody is on call, each as long as possible (E18)."""
    edges = sorted({since, until, *(e for e in _edges(rota, since, until) if since < e < until)})
    gaps: list[Gap] = []
    for start, end in pairwise(edges):
        if on_call(rota, start):
            continue
        if gaps and gaps[-1][1] == start:
            gaps[-1] = (gaps[-1][0], end)
        else:
            gaps.append((start, end))
    return tuple(gaps)


def _turn_of(layer: Layer, at: datetime) -> str | None:
    turn = turn_at(layer, at)
    if turn < 0 or not is_open(layer.hours, at):
        return None
    return layer.participants[turn % len(layer.participants)]


def turn_at(layer: Layer, at: datetime) -> int:
    """The number of the turn at an instant (0 is the first); negative before the first."""
    turn = _estimate_turn(layer, local_time.to_local(at, layer.zone))
    # A clock change makes the estimate wrong by as many turns as fit into it.
    while hand_off(layer, turn + 1) <= at:
        turn += 1
    while turn >= 0 and hand_off(layer, turn) > at:
        turn -= 1
    return turn


def _estimate_turn(layer: Layer, now: datetime) -> int:
    if layer.unit != "months":
        return max((now - layer.starts_at) // timedelta(**{layer.unit: layer.length}), -1)
    months = (now.year - layer.starts_at.year) * 12 + now.month - layer.starts_at.month
    return max(months // layer.length - 1, -1)


def _local_start(layer: Layer, turn: int) -> datetime:
    if layer.unit != "months":
        return layer.starts_at + turn * timedelta(**{layer.unit: layer.length})
    month = layer.starts_at.month - 1 + turn * layer.length
    year, month = layer.starts_at.year + month // 12, month % 12 + 1
    day = min(layer.starts_at.day, monthrange(year, month)[1])
    return layer.starts_at.replace(year=year, month=month, day=day)


def _edges(rota: Rota, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant at which who is on call may change."""
    for override in rota.overrides:
        yield from (override.starts_at, override.ends_at)
    for layer in rota.layers:
        first, last = turn_at(layer, since), turn_at(layer, until)
        yield from (hand_off(layer, turn) for turn in range(max(first, 0), last + 1))
        for window in layer.hours:
            for opening in window.openings(since, (until - since).days + 2):
                yield from opening

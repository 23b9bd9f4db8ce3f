"""Kaplan and Meier's estimate of how long promises take, over counted time in bins. Pure.

A clock that stopped is an observation; one that still runs, or was cancelled, is *censored*: all
that is known of it is that it took longer than this. Leaving those out would make every desk look
faster than it is. Times are rounded up to the edge of a bin nine per cent wide, so that a year of
handling times is two hundred counts and not a million rows.

Kaplan, Meier: Nonparametric Estimation from Incomplete Observations, JASA 53 (1958).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log2

PER_DOUBLING = 8
FIRST = 60.0
"""Seconds: below it bins are about five seconds wide, far above it nine per cent."""


def bin_of(seconds: float) -> int:
    """The bin whose upper edge is the first at or after this counted time."""
    # Rounded first: an edge itself must not fall into the next bin by the last bit.
    return max(0, ceil(round(PER_DOUBLING * log2(1 + max(seconds, 0.0) / FIRST), 9)) - 1)


def edge(number: int) -> float:
    """Where bin `number` begins, in seconds; its end is `edge(number + 1)`."""
    return float(FIRST * (2 ** (number / PER_DOUBLING) - 1))


@dataclass(frozen=True, slots=True)
class Ended:
    """How many clocks ended in a bin: stopped, or censored there."""

    stopped: int = 0
    censored: int = 0

    def __add__(self, other: "Ended") -> "Ended":
        return Ended(self.stopped + other.stopped, self.censored + other.censored)


Handled = Mapping[int, Ended]
"""By bin."""


@dataclass(frozen=True, slots=True)
class Curve:
    """By edge: the share that takes longer, how many came this far, how many had stopped before."""

    longer: tuple[float, ...] = (1.0,)
    came: tuple[int, ...] = (0,)
    stopped: tuple[int, ...] = (0,)

    def survival(self, seconds: float) -> float:
        """The share of promises that take longer than this; from 1 down, never up again."""
        return _between(self.longer, seconds)

    def breaks(self, age: float, until: float) -> float | None:
        """Of those that came to `age`, the share that takes longer than `until` (seconds).

        None where none of those known came this far.
        """
        here = self.survival(age)
        return min(1.0, self.survival(max(until, age)) / here) if here > 0 else None

    def known(self, age: float, until: float) -> float:
        """How many came to `age` of whom it is known whether they took longer than `until`.

        Those that still run between the two say nothing about it: a young desk knows little,
        however many tickets it has open.
        """
        ended = _between(self.stopped, until) - _between(self.stopped, age)
        return max(0.0, ended + _between(self.came, until))


def curve(handled: Handled) -> Curve:
    """The estimate. Of those that end in one bin, the stopped ones come before the censored."""
    counts = {number: ended for number, ended in handled.items() if ended != Ended()}
    left = sum(max(0, e.stopped) + max(0, e.censored) for e in counts.values())
    longer, came, stopped = [1.0], [left], [0]
    for number in range(max(counts, default=-1) + 1):
        ended = counts.get(number, Ended())
        stops = max(0, ended.stopped)
        longer.append(longer[-1] * (1 - stops / left) if left else longer[-1])
        stopped.append(stopped[-1] + stops)
        left -= stops + max(0, ended.censored)
        came.append(left)
    return Curve(tuple(longer), tuple(came), tuple(stopped))


def together(several: Iterable[Handled]) -> dict[int, Ended]:
    """The counts of several groups, bin by bin."""
    summed: dict[int, Ended] = {}
    for handled in several:
        for number, ended in handled.items():
            summed[number] = summed.get(number, Ended()) + ended
    return summed


def _between(values: tuple[float, ...] | tuple[int, ...], seconds: float) -> float:
    """The value at a time: within a bin they change evenly."""
    number, share = _place(seconds)
    if number + 1 >= len(values):
        return values[-1]
    return values[number] + (values[number + 1] - values[number]) * share


# One estimate asks six times for the same two places, of three curves.
@lru_cache(maxsize=16)
def _place(seconds: float) -> tuple[int, float]:
    """The bin of a time, and how far it lies in it."""
    number = bin_of(seconds)
    begin, end = edge(number), edge(number + 1)
    return number, min(1.0, max(0.0, (seconds - begin) / (end - begin)))

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

BINS_PER_DOUBLING = 8
BIN_SCALE_S = 60.0
"""Seconds: below it bins are about five seconds wide, far above it nine per cent."""


def bin_of(seconds: float) -> int:
    """The bin whose upper edge is the first at or after this counted time."""
    # Rounded first: an edge itself must not fall into the next bin by the last bit.
    return max(0, ceil(round(BINS_PER_DOUBLING * log2(1 + max(seconds, 0.0) / BIN_SCALE_S), 9)) - 1)


def bin_start(number: int) -> float:
    """Where bin `number` begins, in seconds; its end is `edge(number + 1)`."""
    return float(BIN_SCALE_S * (2 ** (number / BINS_PER_DOUBLING) - 1))


@dataclass(frozen=True, slots=True)
class EndedCounts:
    """How many clocks ended in a bin: stopped, or censored there."""

    stopped: int = 0
    censored: int = 0

    def __add__(self, other: "EndedCounts") -> "EndedCounts":
        return EndedCounts(self.stopped + other.stopped, self.censored + other.censored)


CountsByBin = Mapping[int, EndedCounts]
"""By bin."""


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """By edge: the share that takes longer, how many came this far, how many had stopped before."""

    survivors: tuple[float, ...] = (1.0,)
    at_risk: tuple[int, ...] = (0,)
    stopped: tuple[int, ...] = (0,)

    def survival(self, seconds: float) -> float:
        """The share of promises that take longer than this; from 1 down, never up again."""
        return _interpolate(self.survivors, seconds)

    def breach_probability(self, age: float, until: float) -> float | None:
        """Of those that came to `age`, the share that takes longer than `until` (seconds).

        None where none of those known came this far.
        """
        surviving = self.survival(age)
        return min(1.0, self.survival(max(until, age)) / surviving) if surviving > 0 else None

    def known_outcomes(self, age: float, until: float) -> float:
        """How many came to `age` of whom it is known whether they took longer than `until`.

        Those that still run between the two say nothing about it: a young desk knows little,
        however many tickets it has open.
        """
        ended = _interpolate(self.stopped, until) - _interpolate(self.stopped, age)
        return max(0.0, ended + _interpolate(self.at_risk, until))


def estimate_curve(counts_by_bin: CountsByBin) -> SurvivalCurve:
    """The estimate. Of those that end in one bin, the stopped ones come before the censored."""
    counts = {number: ended for number, ended in counts_by_bin.items() if ended != EndedCounts()}
    remaining = sum(max(0, e.stopped) + max(0, e.censored) for e in counts.values())
    survivors, at_risk, stopped = [1.0], [remaining], [0]
    for number in range(max(counts, default=-1) + 1):
        ended = counts.get(number, EndedCounts())
        stops = max(0, ended.stopped)
        survivors.append(survivors[-1] * (1 - stops / remaining) if remaining else survivors[-1])
        stopped.append(stopped[-1] + stops)
        remaining -= stops + max(0, ended.censored)
        at_risk.append(remaining)
    return SurvivalCurve(tuple(survivors), tuple(at_risk), tuple(stopped))


def merge_counts(groups: Iterable[CountsByBin]) -> dict[int, EndedCounts]:
    """The counts of several groups, bin by bin."""
    summed: dict[int, EndedCounts] = {}
    for counts_by_bin in groups:
        for number, ended in counts_by_bin.items():
            summed[number] = summed.get(number, EndedCounts()) + ended
    return summed


def _interpolate(values: tuple[float, ...] | tuple[int, ...], seconds: float) -> float:
    """The value at a time: within a bin they change evenly."""
    number, fraction = _bin_position(seconds)
    if number + 1 >= len(values):
        return values[-1]
    return values[number] + (values[number + 1] - values[number]) * fraction


# One estimate asks six times for the same two places, of three curves.
@lru_cache(maxsize=16)
def _bin_position(seconds: float) -> tuple[int, float]:
    """The bin of a time, and how far it lies in it."""
    number = bin_of(seconds)
    begin, end = bin_start(number), bin_start(number + 1)
    return number, min(1.0, max(0.0, (seconds - begin) / (end - begin)))

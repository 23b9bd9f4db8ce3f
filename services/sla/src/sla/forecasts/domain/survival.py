"""The Kaplan-Meier estimate of handling times, over counted time in bins. Pure.

A stopped clock is an observation. A running or cancelled one is *censored*: it is only known to
take longer than so far; without these, handling times would be underestimated. Times are rounded up
to the edge of a bin nine per cent wide, so that a year of handling times is about two hundred
counts.

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
    """Return the bin whose upper edge is the first at or after this counted time."""
    # Rounded first: floating-point error must not move an edge into the next bin.
    return max(0, ceil(round(BINS_PER_DOUBLING * log2(1 + max(seconds, 0.0) / BIN_SCALE_S), 9)) - 1)


def bin_start(number: int) -> float:
    """Return the start of a bin in seconds; its end is the start of the next one."""
    return float(BIN_SCALE_S * (2 ** (number / BINS_PER_DOUBLING) - 1))


@dataclass(frozen=True, slots=True)
class EndedCounts:
    """How many clocks ended in a bin: stopped, or censored there."""

    stopped: int = 0
    censored: int = 0

    def __add__(self, other: "EndedCounts") -> "EndedCounts":
        return EndedCounts(self.stopped + other.stopped, self.censored + other.censored)


CountsByBin = Mapping[int, EndedCounts]


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """A survival curve, by bin edge.

    `survivors`: the share that takes longer. `at_risk`: clocks that reached the edge. `stopped`:
    clocks that stopped before it.
    """

    survivors: tuple[float, ...] = (1.0,)
    at_risk: tuple[int, ...] = (0,)
    stopped: tuple[int, ...] = (0,)

    def survival(self, seconds: float) -> float:
        """Return the share of promises that take longer than this: 1 at 0 seconds, never rising."""
        return _interpolate(self.survivors, seconds)

    def breach_probability(self, age: float, until: float) -> float | None:
        """Return the share of the clocks that reached `age` that takes longer than `until`
        (seconds).

        None where no known clock reached `age`.
        """
        surviving = self.survival(age)
        return min(1.0, self.survival(max(until, age)) / surviving) if surviving > 0 else None

    def known_outcomes(self, age: float, until: float) -> float:
        """Return for how many clocks that reached `age` it is known whether they exceeded `until`.

        Clocks that are still running between the two are not counted.
        """
        ended = _interpolate(self.stopped, until) - _interpolate(self.stopped, age)
        return max(0.0, ended + _interpolate(self.at_risk, until))


def estimate_curve(counts_by_bin: CountsByBin) -> SurvivalCurve:
    """Estimate the curve. Within a bin, stops come before censored ends."""
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
    """Add the counts of several groups, bin by bin."""
    summed: dict[int, EndedCounts] = {}
    for counts_by_bin in groups:
        for number, ended in counts_by_bin.items():
            summed[number] = summed.get(number, EndedCounts()) + ended
    return summed


def _interpolate(values: tuple[float, ...] | tuple[int, ...], seconds: float) -> float:
    """Return the value at a time, interpolated linearly within a bin."""
    number, fraction = _bin_position(seconds)
    if number + 1 >= len(values):
        return values[-1]
    return values[number] + (values[number + 1] - values[number]) * fraction


# One estimate looks up the same two times six times, in three curves.
@lru_cache(maxsize=16)
def _bin_position(seconds: float) -> tuple[int, float]:
    """Return the bin of a time, and the fraction of the bin before it."""
    number = bin_of(seconds)
    begin, end = bin_start(number), bin_start(number + 1)
    return number, min(1.0, max(0.0, (seconds - begin) / (end - begin)))

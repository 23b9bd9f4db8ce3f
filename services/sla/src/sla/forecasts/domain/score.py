"""How good the forecasts were: Brier score, its parts, and calibration. Pure.

Scored is what was forecast at the first look and at 25, 50 and 75 % of the target, once each: one
clock that was forecast three hundred times must not weigh three hundred times as much.

Brier: Verification of Forecasts Expressed in Terms of Probability (1950); the interval of each bin
is Wilson's (1927), at 95 %.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

BIN_COUNT = 10
"""Bins of the calibration: probabilities 0-10 %, 10-20 %, …; 100 % belongs to the last."""
Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Tally:
    """Forecasts of one bin: how many, the sum of their probabilities, how many broke, and the sum
    of the squared differences between forecast and outcome (0 or 1)."""

    bin: int
    forecasts: int
    expected: float
    breached: int
    squared_errors: float

    @property
    def mean_forecast(self) -> float:
        """The mean probability."""
        return self.expected / self.forecasts

    @property
    def observed(self) -> float:
        """The share that broke: well calibrated, it is the mean probability."""
        return self.breached / self.forecasts

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, 19 times of 20."""
        n, share = self.forecasts, self.observed
        middle = (share + Z_95 * Z_95 / (2 * n)) / (1 + Z_95 * Z_95 / n)
        half = (
            Z_95 / (1 + Z_95 * Z_95 / n) * sqrt(share * (1 - share) / n + Z_95 * Z_95 / (4 * n * n))
        )
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Score:
    """`brier` is 0 for a prophet, 0.25 for a coin; `skill` compares it with who always forecasts
    the usual share: 1 perfect, 0 no better, below 0 worse. None where there is nothing to divide by.
    """

    forecasts: int
    breached: int
    brier: float | None
    skill: float | None
    reliability: float | None
    bins: tuple[Tally, ...]


def compute_score(tallies: Iterable[Tally]) -> Score:
    """The score of these forecasts; tallies of one bin are added up."""
    bins = _by_bin(tallies)
    count, breached = sum(one.forecasts for one in bins), sum(one.breached for one in bins)
    if count == 0:
        return Score(0, 0, None, None, None, ())
    brier = sum(one.squared_errors for one in bins) / count
    base_rate = breached / count
    reference = base_rate * (1 - base_rate)
    reliability = (
        sum(one.forecasts * (one.mean_forecast - one.observed) ** 2 for one in bins) / count
    )
    skill = 1 - brier / reference if reference > 0 else None
    return Score(count, breached, brier, skill, reliability, bins)


def score_bin(probability: float) -> int:
    return min(BIN_COUNT - 1, int(probability * BIN_COUNT))


def _by_bin(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    by_bin: dict[int, Tally] = {}
    for tally in tallies:
        previous = by_bin.get(tally.bin, Tally(tally.bin, 0, 0.0, 0, 0.0))
        by_bin[tally.bin] = _sum((previous, tally))
    return tuple(by_bin[number] for number in sorted(by_bin) if by_bin[number].forecasts > 0)


def _sum(tallies: Sequence[Tally]) -> Tally:
    return Tally(
        tallies[0].bin,
        sum(one.forecasts for one in tallies),
        sum(one.expected for one in tallies),
        sum(one.breached for one in tallies),
        sum(one.squared_errors for one in tallies),
    )

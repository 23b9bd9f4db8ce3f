"""The accuracy of forecasts: Brier score, its parts, and calibration. Pure.

The first forecast of a clock and those at 25, 50 and 75 % of the target are scored, once each, so
that a clock with hundreds of forecasts does not weigh more than others.

Brier: Verification of Forecasts Expressed in Terms of Probability (1950); the interval of each bin
is Wilson's (1927), at 95 %.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Tally:
    """The forecasts of one bin: their number, and how many breached.

    `bin` is 0 for probabilities from 0 to 10 %, 1 up to 20 %, … 9 up to and with 100 %. `expected` is the sum of the probabilities, `squared_errors` the sum of the squared differences
    between probability and outcome (0 or 1).
    """

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
        """The share that breached: with perfect calibration, `mean_forecast`."""
        return self.breached / self.forecasts

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval (Wilson) of the true share."""
        n, share = self.forecasts, self.observed
        middle = (share + Z_95 * Z_95 / (2 * n)) / (1 + Z_95 * Z_95 / n)
        half = (
            Z_95 / (1 + Z_95 * Z_95 / n) * sqrt(share * (1 - share) / n + Z_95 * Z_95 / (4 * n * n))
        )
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Score:
    """`brier`: 0 is perfect, 0.25 is a coin toss. `reliability`: 0 is perfect calibration.

    `skill`: 1 is perfect, 0 no better than always forecasting the base rate, below 0 worse. None
    where they are not defined.
    """

    forecasts: int
    breached: int
    brier: float | None
    skill: float | None
    reliability: float | None
    bins: tuple[Tally, ...]


def compute_score(tallies: Iterable[Tally]) -> Score:
    """Compute the score of these forecasts; tallies of the same bin are added up."""
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

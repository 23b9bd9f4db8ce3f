"""The probability that an open promise breaches, from known handling times. Pure.

If nothing changes, it is the probability that handling takes longer than the target, given the
elapsed time. It is read from three survival curves, from coarse to fine: of the metric; of metric
and priority; of metric, priority and kind. Each finer curve moves the estimate by n / (n + 10),
where n is the number of clocks, a whole one, whose outcome from this age on is known. Without any,
the estimate is the share of the target that is used up.

A queue that is longer than usual shortens the remaining time in proportion. A queue of usual length
changes nothing: its wait is part of the handling times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sla.forecasts.domain.survival import SurvivalCurve

Outlook = Literal["safe", "at_risk", "likely_to_breach"]
Group = tuple[str, ...]
"""(metric,), (metric, priority) or (metric, priority, kind)."""
Curves = Mapping[Group, SurvivalCurve]

PRIOR_WEIGHT = 10.0
"""The number of known clocks with which a curve weighs as much as all coarser ones together."""
AT_RISK_THRESHOLD, LIKELY_THRESHOLD = 0.3, 0.7
HYSTERESIS = 0.05
"""How far beyond a threshold the probability must be before the outlook changes."""
QUEUE_SMOOTHING = 5.0
"""Added to both lengths that are compared, so that short queues are not overrated."""


class PromiseProgress(NamedTuple):
    """The progress of an open promise; `age` and `target` are seconds of counted time.

    `queue_position`: open promises of its metric that are due before it; None while it is paused.
    `typical_queue_length`: open promises of its metric on average.
    """

    group: Group
    age: float
    target: float
    queue_position: int | None
    typical_queue_length: float

    @property
    def used_ratio(self) -> float:
        return min(1.0, self.age / self.target)

    @property
    def queue_stretch(self) -> float:
        """How many times longer than usual the queue before it is; at least 1."""
        if self.queue_position is None:
            return 1.0
        return max(
            1.0,
            (self.queue_position + QUEUE_SMOOTHING) / (self.typical_queue_length + QUEUE_SMOOTHING),
        )

    @property
    def effective_target(self) -> float:
        """The age by which it must be done, with the remaining time shortened by the queue."""
        return self.age + max(0.0, self.target - self.age) / self.queue_stretch


@dataclass(frozen=True, slots=True)
class Estimate:
    """The probability of a breach, and the curve that it is read from.

    `level`: 3 for metric, priority and kind, 2 and 1 for coarser curves, 0 where nothing is known.
    `sample_size`: clocks of that curve with a known outcome; `breached_ratio` of them took longer.
    `prior` is the estimate of the coarser curves, `prior_level` theirs: the probability is the mean of
    ratio and prior, weighted by the sample and by PRIOR_WEIGHT.
    """

    probability: float
    sample_size: int = 0
    breached_ratio: float | None = None
    level: int = 0
    prior: float | None = None
    prior_level: int = 0


def estimate_breach(progress: PromiseProgress, curves: Curves) -> Estimate:
    """Estimate the probability that the promise breaches, from 0 to 1."""
    current = Estimate(progress.used_ratio)
    for level in range(1, len(progress.group) + 1):
        curve = curves.get(progress.group[:level])
        breached_ratio = (
            curve.breach_probability(progress.age, progress.effective_target) if curve else None
        )
        if curve is None or breached_ratio is None:
            continue
        sample_size = round(curve.known_outcomes(progress.age, progress.effective_target))
        if sample_size >= 1:
            prior = current.probability
            probability = shrink(breached_ratio, sample_size, prior)
            current = Estimate(
                probability, sample_size, breached_ratio, level, prior, current.level
            )
    return current


def shrink(ratio: float, sample_size: int, prior: float) -> float:
    """Return the ratio of a sample, moved to the prior as far as the sample is small."""
    return (sample_size * ratio + PRIOR_WEIGHT * prior) / (sample_size + PRIOR_WEIGHT)


def classify(probability: float, previous: Outlook | None = None) -> Outlook:
    """Return the outlook of a probability; it leaves the `previous` one only with HYSTERESIS."""
    at_risk, likely = AT_RISK_THRESHOLD, LIKELY_THRESHOLD
    if previous is not None:
        at_risk += HYSTERESIS if previous == "safe" else -HYSTERESIS
        likely += -HYSTERESIS if previous == "likely_to_breach" else HYSTERESIS
    if probability >= likely:
        return "likely_to_breach"
    return "at_risk" if probability >= at_risk else "safe"

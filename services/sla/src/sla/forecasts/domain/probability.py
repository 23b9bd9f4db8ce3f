"""From what is known of handling times to one open promise: how likely it breaks, and why. Pure.

If nothing changes, a promise breaks with the probability that its handling takes longer than its
target, given the counted time that it has taken already. That is read from three curves of
handling times, from coarse to fine: of its metric, of its metric and priority, and of its metric,
priority and kind. Each finer curve moves the estimate by as much as it knows: with n clocks known
to have come this far, by n / (n + 10). The first guess, before anything is known, is the share of
the target that is used up.

The queue stretches time: where more promises stand before it than are open usually, the rest of
its time is worth so much less, in proportion. As many as usual change nothing: that wait is in the
handling times already.
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
"""So many clocks must be known before a curve counts for as much as all coarser ones together."""
AT_RISK_THRESHOLD, LIKELY_THRESHOLD = 0.3, 0.7
HYSTERESIS = 0.05
"""An outlook changes only when the probability is clearly beyond the border: no flicker."""
QUEUE_SMOOTHING = 5.0
"""Added to both sides of the queue's comparison: two instead of one is no doubled load."""


class PromiseProgress(NamedTuple):
    """An open promise: where it stands in its own time (seconds), and in the queue.

    `ahead`: open promises of its metric that break before; None while it waits on the customer.
    `usual`: how many of its metric are open on average.
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
        """How many times longer than usual its turn takes to come; at least 1."""
        if self.queue_position is None:
            return 1.0
        return max(
            1.0,
            (self.queue_position + QUEUE_SMOOTHING) / (self.typical_queue_length + QUEUE_SMOOTHING),
        )

    @property
    def effective_target(self) -> float:
        """The age at which its handling must be over, as a desk with the usual queue would count."""
        return self.age + max(0.0, self.target - self.age) / self.queue_stretch


@dataclass(frozen=True, slots=True)
class Estimate:
    """`known` clocks of the finest group that knows any came as far; `broke` is their share that
    took longer. `level`: 3 for metric, priority and kind, down to 0 where nothing is known."""

    probability: float
    sample_size: int = 0
    breached_ratio: float | None = None
    level: int = 0


def estimate_breach(progress: PromiseProgress, curves: Curves) -> Estimate:
    """How likely the promise breaks, from 0 to 1."""
    current = Estimate(progress.used_ratio)
    for level in range(1, len(progress.group) + 1):
        curve = curves.get(progress.group[:level])
        breached_ratio = (
            curve.breach_probability(progress.age, progress.effective_target) if curve else None
        )
        if curve is None or breached_ratio is None:
            continue
        sample_size = curve.known_outcomes(progress.age, progress.effective_target)
        probability = (sample_size * breached_ratio + PRIOR_WEIGHT * current.probability) / (
            sample_size + PRIOR_WEIGHT
        )
        if sample_size >= 1:
            current = Estimate(probability, round(sample_size), breached_ratio, level)
    return current


def classify(probability: float, previous: Outlook | None = None) -> Outlook:
    """The class of a probability; from where it `was`, only a clear step leads away."""
    at_risk, likely = AT_RISK_THRESHOLD, LIKELY_THRESHOLD
    if previous is not None:
        at_risk += HYSTERESIS if previous == "safe" else -HYSTERESIS
        likely += -HYSTERESIS if previous == "likely_to_breach" else HYSTERESIS
    if probability >= likely:
        return "likely_to_breach"
    return "at_risk" if probability >= at_risk else "safe"

"""Why a promise is expected to breach, in sentences whose figures can be checked. Pure."""

from collections.abc import Iterator

from common.wording import format_duration
from sla.forecasts.domain.probability import PRIOR_WEIGHT, Estimate, PromiseProgress

METRIC_NAMES = {
    "first_response": "first response",
    "next_reply": "next reply",
    "update": "update",
    "workaround": "workaround",
    "resolution": "resolution",
}
NOTICEABLE_STRETCH = 1.05


def describe_reasons(progress: PromiseProgress, estimate: Estimate) -> tuple[str, ...]:
    """Return sentences about the promise, the most important first; no customer's text."""
    return (
        _describe_used(progress),
        _describe_history(progress, estimate),
        *_describe_queue(progress),
    )


def _describe_used(progress: PromiseProgress) -> str:
    used, target = format_duration(progress.age), format_duration(progress.target)
    remaining = format_duration(max(0.0, progress.target - progress.age))
    return f"{used} of its {target} are used up ({_percent(progress.used_ratio)}); {remaining} of support time are left."


def _describe_history(progress: PromiseProgress, estimate: Estimate) -> str:
    """The estimate as a sum that adds up: the sample, and what it was shrunk to."""
    ratio, prior, size = estimate.breached_ratio, estimate.prior, estimate.sample_size
    if ratio is None or prior is None:
        return (
            "Nothing like it has come this far yet, so the time used up is all there is to go by:"
            f" {_percent(estimate.probability)} for a breach."
        )
    left = format_duration(progress.effective_target - progress.age)
    known = _group_name(progress.group[: estimate.level])
    total = size + round(PRIOR_WEIGHT)
    weights = f"({size} x {_percent(ratio)} + {PRIOR_WEIGHT:.0f} x {_percent(prior)}) / {total}"
    return (
        f"Of {size} {known} {_plural(size)} that had come this far, an estimated {_percent(ratio)} took"
        f" longer than the {left} that it has left. {_prior_words(progress, estimate)}, which counts as"
        f" much as {PRIOR_WEIGHT:.0f} of them: {weights} = {_percent(estimate.probability)} for a breach."
        f"{'' if estimate.level == len(progress.group) else ' Of its very kind too little is known.'}"
    )


def _prior_words(progress: PromiseProgress, estimate: Estimate) -> str:
    prior = _percent(estimate.prior or 0.0)
    if estimate.prior_level == 0:
        return f"Of its time {prior} are used up"
    known = _group_name(progress.group[: estimate.prior_level])
    return f"For every {known} promise it is {prior}"


def _plural(size: int) -> str:
    return "promise" if size == 1 else "promises"


def _percent(share: float) -> str:
    """A share with one digit, so that a sum of such shares adds up."""
    return f"{share * 100:.1f} %"


def _describe_queue(progress: PromiseProgress) -> Iterator[str]:
    if progress.queue_position is None:
        yield "It waits on the customer: its time stands still, and goes on when they answer."
    elif progress.queue_stretch > NOTICEABLE_STRETCH:
        remaining = progress.effective_target - progress.age
        yield (
            f"{progress.queue_position} stand before it in the queue, where {progress.typical_queue_length:.0f} are open"
            f" usually: the time that it has left is worth {format_duration(remaining)}."
        )


def _group_name(group: tuple[str, ...]) -> str:
    metric, *more = group
    return " ".join([*more, METRIC_NAMES.get(metric, metric)])

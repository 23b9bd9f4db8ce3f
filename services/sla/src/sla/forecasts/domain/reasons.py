"""Why a promise is expected to breach, in sentences whose figures can be checked. Pure."""

from collections.abc import Iterator

from common.wording import format_duration
from sla.forecasts.domain.probability import Estimate, PromiseProgress

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
    return f"{used} of its {target} are used up ({progress.used_ratio:.0%}); {remaining} of support time are left."


def _describe_history(progress: PromiseProgress, estimate: Estimate) -> str:
    if estimate.breached_ratio is None:
        return (
            "Nothing like it has come this far yet, so the time used up is all there is to go by."
        )
    sample = f"{estimate.sample_size} like it ({_group_name(progress.group[: estimate.level])})"
    sentence = f"Of {sample} that had come this far, {estimate.breached_ratio:.0%} took longer than it has left."
    return (
        sentence
        if estimate.level == len(progress.group)
        else f"{sentence} Of its very kind too little is known."
    )


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

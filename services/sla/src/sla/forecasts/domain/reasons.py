"""Why a promise is expected to break, in words that can be checked. Pure."""

from collections.abc import Iterator

from common.wording import format_duration
from sla.forecasts.domain.probability import Estimate, Standing

METRICS = {
    "first_response": "first response",
    "next_reply": "next reply",
    "update": "update",
    "workaround": "workaround",
    "resolution": "resolution",
}
NOTICEABLE = 1.05


def reasons(standing: Standing, found: Estimate) -> tuple[str, ...]:
    """Sentences, the weightiest first; of the promise, never of the customer's words."""
    return (_used(standing), _history(standing, found), *_queue(standing))


def _used(standing: Standing) -> str:
    used, target = format_duration(standing.age), format_duration(standing.target)
    rest = format_duration(max(0.0, standing.target - standing.age))
    return f"{used} of its {target} are used up ({standing.used:.0%}); {rest} of support time are left."


def _history(standing: Standing, found: Estimate) -> str:
    if found.broke is None:
        return (
            "Nothing like it has come this far yet, so the time used up is all there is to go by."
        )
    like = f"{found.known} like it ({_like(standing.group[: found.level])})"
    told = f"Of {like} that had come this far, {found.broke:.0%} took longer than it has left."
    return (
        told
        if found.level == len(standing.group)
        else f"{told} Of its very kind too little is known."
    )


def _queue(standing: Standing) -> Iterator[str]:
    if standing.ahead is None:
        yield "It waits on the customer: its time stands still, and goes on when they answer."
    elif standing.stretch > NOTICEABLE:
        rest = standing.until - standing.age
        yield (
            f"{standing.ahead} stand before it in the queue, where {standing.usual:.0f} are open usually: the time that it has left is worth {format_duration(rest)}."
        )


def _like(group: tuple[str, ...]) -> str:
    metric, *more = group
    return " ".join([*more, METRICS.get(metric, metric)])

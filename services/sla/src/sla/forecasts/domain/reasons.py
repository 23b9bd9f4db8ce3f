"""Why a promise is expected to break, in words that can be checked. Pure."""

from collections.abc import Iterator
from datetime import timedelta

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
    used, target = _lasting(standing.age), _lasting(standing.target)
    rest = _lasting(max(0.0, standing.target - standing.age))
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
            f"{standing.ahead} stand before it in the queue, where {standing.usual:.0f} are open"
            f" usually: the time that it has left is worth {_lasting(rest)}."
        )


def _like(group: tuple[str, ...]) -> str:
    metric, *more = group
    return " ".join([*more, METRICS.get(metric, metric)])


def _lasting(seconds: float) -> str:
    """`3 d 4 h`, `2 h 15 min`, `40 s`: two units are enough for anybody."""
    left = int(timedelta(seconds=seconds) // timedelta(seconds=1))
    if left < 60:
        return f"{left} s"
    parts = [(left // 86_400, "d"), (left // 3600 % 24, "h"), (left // 60 % 60, "min")]
    first = next(i for i, (number, _) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)

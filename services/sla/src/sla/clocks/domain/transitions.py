"""What each input does to the clock of a metric (C1-C3, C6). Pure.

An effect takes the clock with its present stretch just closed: `since` is the instant at hand.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import ZERO, Clock, Input, InputKind

Effect = Callable[[Clock, Input], Clock]


def effect_of(clock: Clock, heard: Input) -> Effect | None:
    """None for what changes nothing about such a clock, or nothing any more."""
    if heard.kind == "cancelled":
        return _cancel
    if clock.ended:
        return None
    table = PROMISED if clock.contract == "sla" else BEHIND
    effect = table[clock.metric].get(heard.kind)
    return effect if (effect in NEED_OPEN) == clock.open else None


def _stop(clock: Clock, _: Input) -> Clock:
    return replace(clock, open=False, stopped_at=clock.since)


def _end(clock: Clock, _: Input) -> Clock:
    """Stopped, whatever comes: a first response is given once."""
    return replace(clock, open=False, stopped_at=clock.since, ended=True)


def _run_on(clock: Clock, _: Input) -> Clock:
    return replace(clock, open=True, stopped_at=None)


def _again(clock: Clock, _: Input) -> Clock:
    """A new cycle from zero; the worst of the earlier ones is kept (C1)."""
    return replace(
        clock,
        open=True,
        stopped_at=None,
        worst=max(clock.worst, clock.counted),
        counted=ZERO,
        deadline=None,
        fired=(),
        earlier_breach=clock.breached_at,
        cycle_breached_at=None,
        breach_reason=None,
        cycle=len(clock.stretches),
    )


def _begin(clock: Clock, heard: Input) -> Clock:
    return _again(clock, heard)


def _cancel(clock: Clock, heard: Input) -> Clock:
    return replace(clock, cancelled=heard.reason or "cancelled", stopped_at=clock.since)


NEED_OPEN = frozenset({_stop, _end, _again})
"""Effects on clocks that are open; the others are on those that are not."""

PROMISED: Mapping[Metric, Mapping[InputKind, Effect]] = {
    "first_response": {"replied": _end, "resolved": _end},
    "next_reply": {"customer_replied": _begin, "replied": _stop, "resolved": _stop},
    "update": {"replied": _again, "resolved": _stop, "reopened": _begin},
    "workaround": {"workaround_provided": _end, "resolved": _stop, "reopened": _run_on},
    "resolution": {"resolved": _stop, "reopened": _run_on},
}
"""Of what was promised to a customer; `closed` does nothing to any (C3)."""

BEHIND: Mapping[Metric, Mapping[InputKind, Effect]] = {
    "first_response": {"answered": _end, "handed_back": _end, "resolved": _end},
    "next_reply": {
        "customer_replied": _begin,
        "answered": _stop,
        "handed_back": _end,
        "resolved": _stop,
    },
    "update": {
        "answered": _again,
        "handed_back": _end,
        "resolved": _stop,
        "reopened": _begin,
    },
    "workaround": {
        "workaround_provided": _end,
        "handed_back": _end,
        "resolved": _stop,
        "reopened": _run_on,
    },
    "resolution": {"handed_back": _end, "resolved": _stop, "reopened": _run_on},
}
"""Of what a partner (`uc`) or second level (`ola`) promised us for a ticket that they got: `answered`
is their word to us, `handed_back` ends it for good, though the ticket goes on (R13)."""

WAITING: Mapping[InputKind, bool] = {
    "on_hold": True,
    "resumed": False,
    "customer_replied": False,
    "forwarded": False,
    "handed_back": False,
    "resolved": False,
    "reopened": False,
}
"""Whether the ticket waits on its customer after such an input. An answer ends the waiting (C2), and
so does the hand-over to somebody who goes on working."""

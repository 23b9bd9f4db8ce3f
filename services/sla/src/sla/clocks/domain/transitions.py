"""The effect of each input on the clock of a metric (C1-C3, C6). Pure.

An effect gets the clock with its last segment just closed: `since` is the instant of the input.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import ZERO, BeforeMerge, Clock, Input, InputKind

Effect = Callable[[Clock, Input], Clock]


def effect_of(clock: Clock, input: Input) -> Effect | None:
    """Return the effect of an input on a clock; None where it has none, or none any more."""
    if input.kind == "cancelled":
        return _cancel
    if input.kind == "merged":
        return _merge
    if clock.ended:
        return None
    effects = CUSTOMER_EFFECTS if clock.contract == "sla" else SUPPLIER_EFFECTS
    effect = effects[clock.metric].get(input.kind)
    if effect is take_back_resolution and clock.moved_by != "resolved":
        return None
    return effect if (effect in OPEN_CLOCK_EFFECTS) == clock.open else None


def _stop(clock: Clock, _: Input) -> Clock:
    return replace(clock, open=False, stopped_at=clock.since)


def _finish(clock: Clock, _: Input) -> Clock:
    """Stop the clock for good: a first response is given once."""
    return replace(clock, open=False, stopped_at=clock.since, ended=True)


def _reopen(clock: Clock, _: Input) -> Clock:
    return replace(clock, open=True, stopped_at=None)


def take_back_resolution(clock: Clock, _: Input) -> Clock:
    """Let the clock run on as if it had not been resolved; the fold counts the time since then."""
    return replace(clock, open=True, stopped_at=None)


def _restart_cycle(clock: Clock, _: Input) -> Clock:
    """Begin a new cycle from zero; the longest of the earlier ones stays in `worst` (C1)."""
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


def _start_cycle(clock: Clock, input: Input) -> Clock:
    return _restart_cycle(clock, input)


def _cancel(clock: Clock, input: Input) -> Clock:
    """End the clock for good. A broken one keeps its outcome: what ends it erases nothing (C10)."""
    if clock.outcome in ("breached", "waived"):
        return replace(clock, open=False, stopped_at=clock.stopped_at or clock.since, ended=True)
    return replace(clock, cancelled=input.reason or "cancelled", stopped_at=clock.since)


def _merge(clock: Clock, input: Input) -> Clock:
    """End the clock as its ticket is merged into another, and remember what it was."""
    before = BeforeMerge(clock.open, clock.ended, clock.stopped_at)
    return replace(_cancel(clock, input), before_merge=before)


OPEN_CLOCK_EFFECTS = frozenset({_stop, _finish, _restart_cycle})
"""Effects on open clocks; the other effects are on clocks that are not open."""

CUSTOMER_EFFECTS: Mapping[Metric, Mapping[InputKind, Effect]] = {
    "first_response": {
        "replied": _finish,
        "resolved": _stop,
        "reopened_by_us": take_back_resolution,
    },
    "next_reply": {
        "customer_replied": _start_cycle,
        "replied": _stop,
        "resolved": _stop,
        "reopened_by_us": take_back_resolution,
    },
    "update": {
        "replied": _restart_cycle,
        "resolved": _stop,
        "reopened": _start_cycle,
        "reopened_by_us": take_back_resolution,
    },
    "workaround": {
        "workaround_provided": _finish,
        "resolved": _stop,
        "reopened": _reopen,
        "reopened_by_us": take_back_resolution,
    },
    "resolution": {
        "resolved": _stop,
        "reopened": _reopen,
        "reopened_by_us": take_back_resolution,
    },
}
"""Effects on clocks of promises to customers; `closed` has none (C3). What a resolution stopped runs on
where our own side takes it back, and only that (R1)."""

SUPPLIER_EFFECTS: Mapping[Metric, Mapping[InputKind, Effect]] = {
    "first_response": {"answered": _finish, "handed_back": _finish, "resolved": _finish},
    "next_reply": {
        "customer_replied": _start_cycle,
        "answered": _stop,
        "handed_back": _finish,
        "resolved": _finish,
    },
    "update": {"answered": _restart_cycle, "handed_back": _finish, "resolved": _finish},
    "workaround": {"workaround_provided": _finish, "handed_back": _finish, "resolved": _finish},
    "resolution": {"handed_back": _finish, "resolved": _finish},
}
"""Effects on clocks of promises of a partner (`uc`) or second level (`ola`) to us: `answered` is
their reply to us, `handed_back` ends the clock for good, though the ticket goes on (R13). So does
`resolved`: what is opened again is with first level, and counts for them from its next forwarding on."""

WAITING_AFTER: Mapping[InputKind, bool] = {
    "on_hold": True,
    "resumed": False,
    "customer_replied": False,
    "forwarded": False,
    "handed_back": False,
    "resolved": False,
    "reopened": False,
    "reopened_by_us": False,
    "merged": False,
}
"""Whether the ticket waits on its customer after an input. A reply ends the waiting (C2), and so
does a forwarding to somebody who works on it."""

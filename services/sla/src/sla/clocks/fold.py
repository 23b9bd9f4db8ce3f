"""How a clock changes with each thing that it hears (C2-C7). Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sla.agreements.agreement import Metric
from sla.clocks.clock import BREACH, ZERO, Clock, Firing, Input, Stretch, Timetables, fixed, shares

Effect = Callable[[Clock, Input], Clock]


def start(metric: Metric, opened: Input, tables: Timetables) -> Clock:
    """The clock as its first input leaves it. `opened.terms` must be given."""
    assert opened.terms is not None
    begun = metric != "next_reply"  # which waits for the customer's next message
    clock = Clock(metric, opened.terms, opened.at, opened.at, begun, waiting=opened.waiting)
    return _aimed(clock, tables)


def fold(metric: Metric, inputs: Iterable[Input], tables: Timetables) -> Clock:
    """The clock after all of its inputs, in ordinal order; the first is `opened`."""
    heard = iter(inputs)
    clock = start(metric, next(heard), tables)
    for heard_next in heard:
        clock = step(clock, heard_next, tables)
    return clock


def step(clock: Clock, heard: Input, tables: Timetables) -> Clock:
    """The clock after one more input.

    An input that claims to be older than the present stretch counts from that stretch's start: the
    order in which a ticket's events come holds, their times may be a little off.
    """
    if clock.cancelled is not None:
        return clock
    if heard.firing is not None:
        return _fired(clock, heard.firing)
    if heard.waived is not None:
        return clock._replace(waivers=(*clock.waivers, heard.waived))
    effect = _effect(clock, heard)
    waiting = WAITING.get(heard.kind, clock.waiting)
    terms = heard.terms or clock.terms
    changed = clock._replace(waiting=waiting, terms=terms)
    if effect is None and changed.why == clock.why and terms == clock.terms:
        return changed
    at = max(heard.at, clock.since)
    moved = _closed(clock, at, tables)._replace(waiting=waiting, terms=terms, moved_by=heard.kind)
    if effect is not None:
        moved = effect(moved, heard)
    return _judged(_aimed(moved, tables))


def reached(clock: Clock, amount: timedelta, tables: Timetables) -> datetime | None:
    """The earliest instant at which this cycle's counted time is `amount` (C4).

    None while paused before it. Of a stopped clock: had it run on from the stop.
    """
    if clock.counted < amount:
        waits = clock.open and clock.waits
        rest = amount - clock.counted
        return (
            None
            if waits
            else tables[clock.terms.calendar].after(clock.stopped_at or clock.since, rest)
        )
    rest = amount
    for stretch in clock.stretches[clock.cycle :]:
        if stretch.why == "running" and rest <= stretch.worked:
            return tables[stretch.calendar].after(stretch.start, rest)
        rest -= stretch.worked if stretch.why == "running" else ZERO
    return clock.since


def _fired(clock: Clock, firing: Firing) -> Clock:
    fired = (*clock.fired, firing.kind)
    if firing.kind != BREACH:
        return clock._replace(fired=fired)
    return clock._replace(fired=fired, breached_at=firing.due_at, breach_reason=firing.reason)


def _closed(clock: Clock, at: datetime, tables: Timetables) -> Clock:
    """The clock with its present stretch ended at `at`, and the next one begun."""
    if at == clock.since:
        return clock
    counts = clock.why != "stopped"
    worked = tables[clock.terms.calendar].between(clock.since, at) if counts else ZERO
    stretch = Stretch(clock.since, at, clock.why, clock.terms.calendar, worked)
    return clock._replace(
        since=at,
        counted=clock.counted + (worked if clock.why == "running" else ZERO),
        paused=clock.paused + (worked if clock.why == "waiting_on_customer" else ZERO),
        stretches=(*clock.stretches, stretch),
    )


def _aimed(clock: Clock, tables: Timetables) -> Clock:
    """The clock with its deadline. Where that moved, warnings still ahead are armed again (C7)."""
    target = clock.terms.target
    silent = target is None or clock.state in ("idle", "cancelled")
    deadline = None if silent or target is None else reached(clock, target, tables)
    if deadline == clock.deadline:
        return clock
    ahead = {kind for kind, amount in shares(clock.terms) if amount > clock.counted}
    if deadline is not None:
        ahead |= {kind for kind, due in fixed(clock.terms, deadline) if due > clock.since}
    fired = tuple(kind for kind in clock.fired if kind not in ahead)
    return clock._replace(deadline=deadline, generation=clock.generation + 1, fired=fired)


def _judged(clock: Clock) -> Clock:
    """Late knowledge and moved deadlines take a breach back (architecture, 6; C6)."""
    if clock.breached_at is None or _late(clock, clock.breached_at):
        return clock
    fired = tuple(kind for kind in clock.fired if kind != BREACH)
    return clock._replace(breached_at=None, breach_reason=None, fired=fired)


def _late(clock: Clock, breached_at: datetime) -> bool:
    if clock.cancelled is not None:
        return True
    if clock.deadline is None:
        return False
    if clock.open and not clock.waits and clock.deadline <= breached_at:
        return True
    return clock.deadline < (clock.stopped_at or clock.since)


def _effect(clock: Clock, heard: Input) -> Effect | None:
    effect = _cancel if heard.kind == "cancelled" else EFFECTS[clock.metric].get(heard.kind)
    if clock.ended and effect is not _cancel:
        return None
    needs_open = effect in (_stop, _end, _again)
    return None if effect is not _cancel and needs_open != clock.open else effect


def _stop(clock: Clock, _: Input) -> Clock:
    return clock._replace(open=False, stopped_at=clock.since)


def _end(clock: Clock, _: Input) -> Clock:
    """Stopped, whatever comes: a first response is given once."""
    return clock._replace(open=False, stopped_at=clock.since, ended=True)


def _run_on(clock: Clock, _: Input) -> Clock:
    return clock._replace(open=True, stopped_at=None)


def _again(clock: Clock, _: Input) -> Clock:
    """A new cycle from zero; the worst of the earlier ones is kept (C1)."""
    return clock._replace(
        open=True,
        stopped_at=None,
        worst=max(clock.worst, clock.counted),
        counted=ZERO,
        deadline=None,
        fired=(),
        earlier_breach=clock.broken_at,
        breached_at=None,
        breach_reason=None,
        cycle=len(clock.stretches),
    )


def _begin(clock: Clock, heard: Input) -> Clock:
    return _again(clock, heard)


def _cancel(clock: Clock, heard: Input) -> Clock:
    return clock._replace(cancelled=heard.reason or "cancelled", stopped_at=clock.since)


WAITING: Mapping[str, bool] = {
    "waiting": True,
    "resumed": False,
    "customer_replied": False,
    "resolved": False,
    "reopened": False,
}
"""Whether the ticket waits on its customer after such an input. An answer ends the waiting (C2)."""

EFFECTS: Mapping[Metric, Mapping[str, Effect]] = {
    "first_response": {"replied": _end, "resolved": _end},
    "next_reply": {"customer_replied": _begin, "replied": _stop, "resolved": _stop},
    "update": {"replied": _again, "resolved": _stop, "reopened": _begin},
    "workaround": {"worked_around": _end, "resolved": _stop, "reopened": _run_on},
    "resolution": {"resolved": _stop, "reopened": _run_on},
}
"""What an input does to the clock of a metric; `closed` does nothing to any (C3)."""

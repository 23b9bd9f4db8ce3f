"""Events about clocks, from what their inputs changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.domain.durations import SECOND
from common.events import clocks as clock_events
from common.events.clocks import ClockEvent
from sla.clocks.domain.clock import BREACH, Clock, Firing, Input
from sla.clocks.domain.ticket_clock import Change, Ticket, TicketClock


@dataclass(frozen=True, slots=True)
class EventContext:
    """The clock that events are about, and the instant of its change."""

    ticket_clock: TicketClock
    at: datetime
    fired_without_events: bool = False

    def payload(self, clock: Clock) -> dict[str, Any]:
        """Return the fields of every event about the clock in the state `clock`."""
        target = clock.terms.target
        return ticket_payload(self.ticket_clock.ticket) | {
            "at": self.at,
            "clock_id": self.ticket_clock.id,
            "metric": clock.metric,
            "contract": clock.contract,
            "partner": self.ticket_clock.partner,
            "target_seconds": None if target is None else target // SECOND,
            "deadline": clock.deadline,
        }


def ticket_payload(ticket: Ticket) -> dict[str, Any]:
    """Return the fields about the ticket of a clock."""
    return {
        "ticket_id": ticket.id,
        "ticket": ticket.key,
        "title": ticket.title,
        "priority": ticket.priority,
        "kind": ticket.kind,
        "customer_id": ticket.customer_id,
        "customer": ticket.customer,
        "environment": ticket.environment,
        "service": ticket.service,
        "agreement": ticket.agreement,
    }


def events_for_new(context: EventContext) -> Iterator[ClockEvent]:
    """Yield the events of a new clock; none for one without a target."""
    clock = context.ticket_clock.clock
    payload = context.payload(clock)
    if clock.state in ("running", "paused"):
        yield clock_events.ClockStarted(**payload)
    if clock.state == "paused":
        yield clock_events.ClockPaused(**payload)


def events_for_change(context: EventContext, change: Change) -> Iterator[ClockEvent]:
    """Yield the events of a change, input by input, in order."""
    before = change.before.clock
    for input, clock in change.steps:
        if input.firing is not None:
            yield _firing_event(context, input.firing, clock)
        else:
            yield from _change_events(context, before, clock, input)
        before = clock


def _firing_event(context: EventContext, firing: Firing, clock: Clock) -> ClockEvent:
    payload = context.payload(clock) | {
        "due_at": firing.due_at,
        "fired_at": context.at,
        "fired_without_events": context.fired_without_events,
    }
    if firing.kind != BREACH:
        return clock_events.ClockThresholdReached(**payload, threshold=_threshold(firing, clock))
    waiver = clock.waiver_covering(firing.due_at)
    return clock_events.ClockBreached(
        **payload,
        reason=firing.reason,
        approved=waiver is not None,
        waiver_id=waiver.waiver_id if waiver else None,
    )


def _threshold(firing: Firing, clock: Clock) -> float:
    """Return the share of a warning; 1 for one at a fixed time before the deadline."""
    percent = firing.kind.removeprefix("warning_")
    return float(percent) / 100 if not percent.endswith("before") else 1.0


def _change_events(
    context: EventContext, before: Clock, after: Clock, input: Input
) -> Iterator[ClockEvent]:
    if before.terms.target is None and after.terms.target is None and after.cancelled is None:
        return  # no events for a clock without a target
    payload = context.payload(after)
    yield from _state_events(payload, before, after, input)
    if before.cycle_breached_at is not None and after.breached_at is None:
        yield clock_events.ClockBreachWithdrawn(
            **payload, stopped_at=after.stopped_at or after.since
        )
    if after.state == "stopped" != before.state:
        yield _stop_event(payload, after)


def _state_events(
    payload: dict[str, Any], before: Clock, after: Clock, input: Input
) -> Iterator[ClockEvent]:
    previous, current = before.state, after.state
    if current in ("cancelled", "no_target") and previous != current:
        yield clock_events.ClockCancelled(
            **payload, reason=after.cancelled or "nothing is promised any more"
        )
    elif current in ("running", "paused") and previous in ("no_target", "not_started"):
        yield clock_events.ClockStarted(**payload)
    elif current == "paused" != previous:
        yield clock_events.ClockPaused(**payload)
    elif current == "running" != previous:
        yield clock_events.ClockResumed(**payload)
    elif current == previous and before.deadline != after.deadline:
        yield clock_events.ClockDeadlineChanged(
            **payload, previous=before.deadline, reason=input.kind
        )


def _stop_event(payload: dict[str, Any], clock: Clock) -> ClockEvent:
    target, stopped_at = clock.terms.target, clock.stopped_at
    assert stopped_at is not None
    figures: dict[str, Any] = {"stopped_at": stopped_at, "elapsed_seconds": clock.counted // SECOND}
    if clock.outcome == "met" or target is None:
        return clock_events.ClockMet(**payload, **figures)
    overrun = max(clock.counted - target, timedelta(0)) // SECOND
    return clock_events.ClockMissed(**payload, **figures, overrun_seconds=overrun)

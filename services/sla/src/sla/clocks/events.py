"""What the others are told about a clock: the difference that an input made, as events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.events import clocks as said
from common.events.clocks import ClockEvent
from sla.clocks.domain.clock import BREACH, Clock, Firing, Input
from sla.clocks.domain.ticket_clock import Change, Ticket, Tracked
from sla.forecasts.domain.forecast import Forecast

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Telling:
    """The clock that is told about, and the moment and circumstances of the telling."""

    tracked: Tracked
    at: datetime
    fired_without_events: bool = False

    def facts(self, clock: Clock) -> dict[str, Any]:
        """What every event says, as it stands with `clock`."""
        target = clock.terms.target
        return facts_of(self.tracked.ticket) | {
            "at": self.at,
            "clock_id": self.tracked.id,
            "metric": clock.metric,
            "contract": clock.contract,
            "partner": self.tracked.partner,
            "target_seconds": None if target is None else target // SECOND,
            "deadline": clock.deadline,
        }


def facts_of(ticket: Ticket) -> dict[str, Any]:
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


def first_news(telling: Telling) -> Iterator[ClockEvent]:
    """Of a new clock. One that promises nothing (yet) is not worth telling."""
    clock = telling.tracked.clock
    facts = telling.facts(clock)
    if clock.state in ("running", "paused"):
        yield said.ClockStarted(**facts)
    if clock.state == "paused":
        yield said.ClockPaused(**facts)


def news(telling: Telling, change: Change) -> Iterator[ClockEvent]:
    """Of a change, input by input, in order."""
    before = change.before.clock
    for heard, clock in change.heard:
        if heard.firing is not None:
            yield _fired(telling, heard.firing, clock)
        else:
            yield from _moved(telling, before, clock, heard)
        before = clock


def _fired(telling: Telling, firing: Firing, clock: Clock) -> ClockEvent:
    facts = telling.facts(clock) | {
        "due_at": firing.due_at,
        "fired_at": telling.at,
        "fired_without_events": telling.fired_without_events,
    }
    if firing.kind != BREACH:
        return said.ClockThresholdReached(**facts, threshold=_share(firing, clock))
    excuse = clock.covered(firing.due_at)
    return said.ClockBreached(
        **facts,
        reason=firing.reason,
        approved=excuse is not None,
        waiver_id=excuse.waiver if excuse else None,
    )


def _share(firing: Firing, clock: Clock) -> float:
    """Of a warning by share, that share; of one by fixed time, 1: it is about the deadline."""
    percent = firing.kind.removeprefix("warning_")
    return float(percent) / 100 if not percent.endswith("before") else 1.0


def _moved(telling: Telling, before: Clock, after: Clock, heard: Input) -> Iterator[ClockEvent]:
    if before.terms.target is None and after.terms.target is None and after.cancelled is None:
        return  # one that promises nothing is not worth telling
    facts = telling.facts(after)
    yield from _restated(facts, before, after, heard)
    if before.cycle_breached_at is not None and after.breached_at is None:
        yield said.ClockBreachWithdrawn(**facts, stopped_at=after.stopped_at or after.since)
    if after.state == "stopped" != before.state:
        yield _ended(facts, after)


def _restated(
    facts: dict[str, Any], before: Clock, after: Clock, heard: Input
) -> Iterator[ClockEvent]:
    was, now = before.state, after.state
    if now in ("cancelled", "no_target") and was != now:
        yield said.ClockCancelled(**facts, reason=after.cancelled or "nothing is promised any more")
    elif now in ("running", "paused") and was in ("no_target", "not_started"):
        yield said.ClockStarted(**facts)
    elif now == "paused" != was:
        yield said.ClockPaused(**facts)
    elif now == "running" != was:
        yield said.ClockResumed(**facts)
    elif now == was and before.deadline != after.deadline:
        yield said.ClockDeadlineChanged(**facts, previous=before.deadline, reason=heard.kind)


def _ended(facts: dict[str, Any], clock: Clock) -> ClockEvent:
    target, stopped_at = clock.terms.target, clock.stopped_at
    assert stopped_at is not None
    counted: dict[str, Any] = {"stopped_at": stopped_at, "elapsed_seconds": clock.counted // SECOND}
    if clock.outcome == "met" or target is None:
        return said.ClockMet(**facts, **counted)
    overrun = max(clock.counted - target, timedelta(0)) // SECOND
    return said.ClockMissed(**facts, **counted, overrun_seconds=overrun)


def forecast_facts(ticket: Ticket, forecast: Forecast, at: datetime) -> dict[str, Any]:
    """What every event about a forecast says."""
    metric, priority, kind = forecast.standing.group
    return {
        "at": at,
        "forecast_id": forecast.id,
        "clock_id": forecast.clock_id,
        "ticket_id": ticket.id,
        "ticket": ticket.key,
        "title": ticket.title,
        "metric": metric,
        "priority": priority,
        "kind": kind,
        "customer_id": ticket.customer_id,
        "customer": ticket.customer,
        "environment": ticket.environment,
        "service": ticket.service,
        "outlook": forecast.outlook,
    }

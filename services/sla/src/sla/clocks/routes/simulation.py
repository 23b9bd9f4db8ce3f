"""HTTP in: simulate a clock from a list of events; nothing is stored."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Request
from pydantic import Field

from common.auth import Caller, requires
from common.confinement import Confinement
from common.domain.durations import SECOND
from common.errors import ValidationFailed, Violation
from common.http import RequestModel, Transaction, charge, only_computes, router
from common.persistence.database import transaction_time
from sla.agreements.domain.agreement import DEFAULT_WARNING_THRESHOLDS, Metric, Terms
from sla.agreements.schemas.requests import Seconds, Share
from sla.calendars.computing import COMPUTING_LIMITS, compute_confined, is_cheap
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.price import OUT_OF_REACH, Reach, furthest, reach_around, table_micros
from sla.calendars.domain.questions import Unanswerable
from sla.calendars.domain.timetable import NeverOpens, OutOfRange
from sla.calendars.schemas import CalendarReference, computation_error, load_timetable
from sla.clocks.domain.clock import Input
from sla.clocks.domain.simulation import (
    SimulatedClock,
    simulate_anew,
    simulate_with,
    simulation_ms,
)

routes = router("/v1/clocks", tags=["clocks"])

SIMULATIONS = Confinement(
    "clock-simulations", COMPUTING_LIMITS, ("sla.clocks.domain.simulation",), at_once=1, waiting=1
)
"""Who asks holds a connection meanwhile: few may wait."""
CALENDAR_ID = UUID(int=0)
"""The id of the one calendar of a simulation."""


class SimulationEvent(RequestModel):
    """`on_hold` (only of `opened`): already waiting on the customer at the opening.

    `target_seconds`: only of `target_changed`."""

    at: datetime
    type: Literal[
        "opened",
        "on_hold",
        "resumed",
        "customer_replied",
        "replied",
        "workaround_provided",
        "resolved",
        "reopened",
        "closed",
        "target_changed",
    ]
    on_hold: bool = False
    target_seconds: Seconds | None = None


class SimulationRequest(RequestModel):
    calendar: CalendarReference
    metric: Metric
    target_seconds: Seconds | None
    pausable: bool = True
    warnings: Annotated[list[Share], Field(max_length=20)] = Field(
        default=list(DEFAULT_WARNING_THRESHOLDS)
    )
    events: Annotated[list[SimulationEvent], Field(min_length=1, max_length=1000)]
    as_of: datetime


@routes.post("/simulate")
@only_computes
async def simulate_clock(
    body: SimulationRequest,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("clocks:read")],
) -> dict[str, Any]:
    """Simulate a clock from a list of events, within ten years of the present.

    The response has its state, figures, firings and intervals at `as_of`; nothing is stored. What
    takes long to compute counts as several requests.
    """
    _check_order(body)
    reach = reach_around(await transaction_time(tx))
    _check_reach(body, reach)
    table = await load_timetable(tx, caller, body.calendar, "/calendar", reach.years)
    price = _price_ms(body, table.calendar, reach)
    await charge(request, caller, price)
    asked = CALENDAR_ID, body.metric, _build_inputs(body), body.as_of
    try:
        if is_cheap(price):
            return to_response(simulate_with(table, *asked))
        return to_response(
            await compute_confined(SIMULATIONS, simulate_anew, table.calendar, reach.years, *asked)
        )
    except (NeverOpens, OutOfRange) as error:
        raise computation_error(error, "/events") from None
    except Unanswerable as error:
        raise ValidationFailed([Violation("/events", error.code, error.detail)]) from None


def to_response(simulated: SimulatedClock) -> dict[str, Any]:
    """Build the response of a simulation."""
    snapshot = simulated.snapshot
    return {
        "state": snapshot.state,
        "elapsed_seconds": snapshot.counted // SECOND,
        "paused_seconds": snapshot.paused // SECOND,
        "deadline": snapshot.deadline,
        "remaining_seconds": None if snapshot.remaining is None else snapshot.remaining // SECOND,
        "overrun_seconds": snapshot.overrun // SECOND,
        "breached": snapshot.breached,
        "breached_at": snapshot.breached_at,
        "longest_cycle_seconds": snapshot.longest_cycle // SECOND,
        "firings": [{"kind": one.kind, "due_at": one.due_at} for one in simulated.firings],
        "intervals": [
            {
                "starts_at": one.start,
                "ends_at": one.end,
                "elapsed_seconds": one.working_time // SECOND if one.kind == "running" else 0,
                "reason": one.kind,
            }
            for one in simulated.segments
        ],
    }


def _price_ms(body: SimulationRequest, calendar: Calendar, reach: Reach) -> int:
    targets = [one.target_seconds or 0 for one in body.events]
    longest = max(body.target_seconds or 0, *targets)
    deadline = furthest(calendar, body.as_of, longest, reach)
    table_ms = table_micros(calendar, body.events[0].at, body.as_of, deadline) // 1000
    return table_ms + simulation_ms(len(body.events), len(body.warnings))


def _check_reach(body: SimulationRequest, reach: Reach) -> None:
    instants = [(f"/events/{index}/at", event.at) for index, event in enumerate(body.events)]
    violations = [
        Violation(pointer, "out_of_range", OUT_OF_REACH)
        for pointer, at in (*instants, ("/as_of", body.as_of))
        if not reach.includes(at)
    ]
    if violations:
        raise ValidationFailed(violations)


def _build_inputs(body: SimulationRequest) -> list[Input]:
    thresholds = tuple(sorted(set(body.warnings)))
    inputs = []
    for ordinal, event in enumerate(body.events, start=1):
        terms = None
        if event.type in ("opened", "target_changed"):
            is_change = event.type == "target_changed"
            seconds = event.target_seconds if is_change else body.target_seconds
            target = None if seconds is None else seconds * SECOND
            terms = Terms(target, CALENDAR_ID, body.pausable, thresholds)
        inputs.append(Input(ordinal, event.type, event.at, event.at, terms, event.on_hold))
    return inputs


def _check_order(body: SimulationRequest) -> None:
    """Raise ValidationFailed unless the events begin with the opening and are in order."""
    violations = [
        Violation(f"/events/{index}/type", "opening", "the first event, and only that, is opened")
        for index, event in enumerate(body.events)
        if (event.type == "opened") != (index == 0)
    ]
    violations += [
        Violation(f"/events/{index}/at", "order", "give the events in the order of their times")
        for index, (former, event) in enumerate(pairwise(body.events), start=1)
        if event.at < former.at
    ]
    violations += [
        Violation(
            f"/events/{index}/target_seconds", "meaningless", "give it only for target_changed"
        )
        for index, event in enumerate(body.events)
        if event.type != "target_changed" and event.target_seconds is not None
    ]
    if body.as_of < body.events[0].at:
        violations.append(Violation("/as_of", "order", "give an instant at or after the opening"))
    if violations:
        raise ValidationFailed(violations)

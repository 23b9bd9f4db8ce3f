"""HTTP in: simulate a clock from a list of events; nothing is stored."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from common.auth import Caller, requires
from common.domain.durations import SECOND
from common.errors import ValidationFailed, Violation
from common.http import RequestModel, Transaction, only_computes, router
from sla.agreements.domain.agreement import DEFAULT_WARNING_THRESHOLDS, Metric, Terms
from sla.agreements.schemas.requests import Seconds, Share
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.schemas import CalendarReference, computation_error, load_timetable
from sla.clocks.domain.clock import Input
from sla.clocks.domain.simulation import Simulation, simulate
from sla.clocks.domain.snapshot import segments, take_snapshot

routes = router("/v1/clocks", tags=["clocks"])

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
    body: SimulationRequest, tx: Transaction, caller: Annotated[Caller, requires("clocks:read")]
) -> dict[str, Any]:
    """Simulate a clock from a list of events.

    The response has its state, figures, firings and intervals at `as_of`; nothing is stored.
    """
    _check_order(body)
    table = await load_timetable(tx, caller, body.calendar, "/calendar")
    try:
        run = simulate(body.metric, _build_inputs(body), body.as_of, {CALENDAR_ID: table})
        return to_response(run, body.as_of, table)
    except (NeverOpens, OutOfRange) as error:
        raise computation_error(error, "/events") from None


def to_response(run: Simulation, as_of: datetime, table: Timetable) -> dict[str, Any]:
    """Build the response of a simulation at `as_of`."""
    snapshot = take_snapshot(run.clock, as_of, {CALENDAR_ID: table})
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
        "firings": [{"kind": one.kind, "due_at": one.due_at} for one in run.firings],
        "intervals": [
            {
                "starts_at": one.start,
                "ends_at": one.end,
                "elapsed_seconds": one.working_time // SECOND if one.kind == "running" else 0,
                "reason": one.kind,
            }
            for one in segments(run.clock, as_of, {CALENDAR_ID: table})
        ],
    }


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

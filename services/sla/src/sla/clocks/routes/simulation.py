"""A clock's life from a list of events, nothing stored."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import RequestModel, router
from common.persistence.database import Transaction
from sla.agreements.domain.agreement import SHARES, Metric, Terms
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.schemas import LONGEST_SECONDS, CalendarWish, timetable_of, unanswerable
from sla.clocks.domain.clock import Input
from sla.clocks.domain.simulation import Simulated, simulate
from sla.clocks.domain.snapshot import standing, stretches

routes = router("/v1/clocks", tags=["clocks"])

SECOND = timedelta(seconds=1)
CALENDAR = UUID(int=0)
"""Where the one calendar of a simulation stands among its timetables."""

Seconds = Annotated[int, Field(gt=0, le=LONGEST_SECONDS)]
Share = Annotated[float, Field(gt=0, lt=1)]


class EventAsked(RequestModel):
    """`on_hold` (of `opened`): opened while already waiting on the customer. `target_seconds`: of
    `target_changed` alone."""

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


class SimulationAsked(RequestModel):
    calendar: CalendarWish
    metric: Metric
    target_seconds: Seconds | None
    pausable: bool = True
    warnings: Annotated[list[Share], Field(max_length=20)] = Field(default=list(SHARES))
    events: Annotated[list[EventAsked], Field(min_length=1, max_length=1000)]
    as_of: datetime


@routes.post("/simulate")
async def simulate_clock(
    asked: SimulationAsked, tx: Transaction, caller: Annotated[Caller, requires("clocks:read")]
) -> dict[str, Any]:
    """State, figures, firings and intervals of the clock at `as_of` (C1-C8)."""
    _in_order(asked)
    table = await timetable_of(tx, caller, asked.calendar, "/calendar")
    try:
        run = simulate(asked.metric, _inputs(asked), asked.as_of, {CALENDAR: table})
        return told(run, asked.as_of, table)
    except (NeverOpens, OutOfRange) as error:
        raise unanswerable(error, "/events") from None


def told(run: Simulated, as_of: datetime, table: Timetable) -> dict[str, Any]:
    stands = standing(run.clock, as_of, {CALENDAR: table})
    return {
        "state": stands.state,
        "elapsed_seconds": stands.counted // SECOND,
        "paused_seconds": stands.paused // SECOND,
        "deadline": stands.deadline,
        "remaining_seconds": None if stands.remaining is None else stands.remaining // SECOND,
        "overrun_seconds": stands.overrun // SECOND,
        "breached": stands.breached,
        "breached_at": stands.breached_at,
        "longest_cycle_seconds": stands.worst // SECOND,
        "firings": [{"kind": one.kind, "due_at": one.due_at} for one in run.firings],
        "intervals": [
            {
                "starts_at": one.start,
                "ends_at": one.end,
                "elapsed_seconds": one.worked // SECOND if one.why == "running" else 0,
                "reason": one.why,
            }
            for one in stretches(run.clock, as_of, {CALENDAR: table})
        ],
    }


def _inputs(asked: SimulationAsked) -> list[Input]:
    shares = tuple(sorted(set(asked.warnings)))
    inputs = []
    for ordinal, event in enumerate(asked.events, start=1):
        terms = None
        if event.type in ("opened", "target_changed"):
            changed = event.type == "target_changed"
            seconds = event.target_seconds if changed else asked.target_seconds
            target = None if seconds is None else seconds * SECOND
            terms = Terms(target, CALENDAR, asked.pausable, shares)
        inputs.append(Input(ordinal, event.type, event.at, event.at, terms, event.on_hold))
    return inputs


def _in_order(asked: SimulationAsked) -> None:
    """Raises Invalid for a life that does not begin with its opening, or runs backwards."""
    wrong = [
        Violation(f"/events/{index}/type", "opening", "the first event, and only that, is opened")
        for index, event in enumerate(asked.events)
        if (event.type == "opened") != (index == 0)
    ]
    wrong += [
        Violation(f"/events/{index}/at", "order", "events stand in the order of their times")
        for index, (former, event) in enumerate(pairwise(asked.events), start=1)
        if event.at < former.at
    ]
    wrong += [
        Violation(f"/events/{index}/target_seconds", "meaningless", "of target_changed alone")
        for index, event in enumerate(asked.events)
        if event.type != "target_changed" and event.target_seconds is not None
    ]
    if asked.as_of < asked.events[0].at:
        wrong.append(Violation("/as_of", "order", "give an instant at or after the opening"))
    if wrong:
        raise ValidationFailed(wrong)

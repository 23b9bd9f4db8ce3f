"""Request and response models of simulating an agreement, and the sums of its batches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.events.tickets import Priority
from common.http import RequestModel, ResponseModel, encode_cursor
from sla.agreements.schemas.requests import TargetCreate
from sla.calendars.schemas import CalendarReference
from sla.clocks.agreement_trial import Trial
from sla.clocks.domain.compliance import Compliance
from sla.clocks.domain.what_if import WhatIf, by_metric
from sla.clocks.store.history import TicketCursor

MAX_TICKETS = 2000
MAX_NAMED_CLOCKS = 200
"""Clocks that a list of the response names; further ones are only counted."""


class TrialRequest(RequestModel):
    """A simulation on up to `tickets` tickets of the last `days`, newest first. `calendar`,
    `calendars` and `targets` replace those of the version; nothing is stored."""

    days: Annotated[int, Field(gt=0, le=366)] = 30
    tickets: Annotated[int, Field(gt=0, le=MAX_TICKETS)] = 500
    calendar: CalendarReference | None = None
    calendars: dict[Priority, CalendarReference] = Field(default_factory=dict)
    targets: Annotated[list[TargetCreate], Field(min_length=1, max_length=200)] | None = None


class ComplianceRead(ResponseModel):
    met: int
    breached: int
    waived: int
    raw: float | None
    adjusted: float | None


class MetricRead(ResponseModel):
    metric: str
    actual: ComplianceRead
    simulated: ComplianceRead


class ClockChangeRead(ResponseModel):
    """Deadline and outcome as they are (`actual`), and as they would be (`simulated`).

    `clock_id` is null for a promise that is new: nothing measures it yet.
    """

    clock_id: UUID | None
    ticket: str
    metric: str
    priority: str
    state: str
    actual_deadline: datetime | None
    simulated_deadline: datetime | None
    actual_outcome: str | None
    simulated_outcome: str | None


class TrialRead(ResponseModel):
    """`next`: the cursor of further tickets; null where there are none.

    `without_clocks`: tickets without a promise, which cannot be simulated. `new_promises`: what only
    the simulated version promises for the others, counted from their opening; those of open tickets
    that would breach at once are among `immediate_breaches`, too. Each list names at most
    200 clocks; the totals count all.
    """

    starts_at: datetime
    as_of: datetime
    tickets: int
    clocks: int
    without_clocks: int
    next: str | None
    compliance: list[MetricRead]
    deadline_changes_total: int
    deadline_changes: list[ClockChangeRead]
    outcome_changes_total: int
    outcome_changes: list[ClockChangeRead]
    immediate_breaches_total: int
    immediate_breaches: list[ClockChangeRead]
    new_promises_total: int
    new_promises: list[ClockChangeRead]


@dataclass(slots=True)
class TrialTotals:
    """The sums of the batches so far; counts and clocks are by kind of change."""

    tickets: int = 0
    clocks: int = 0
    without_clocks: int = 0
    last: TicketCursor | None = None
    metrics: dict[str, tuple[Compliance, Compliance]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    named_clocks: dict[str, list[ClockChangeRead]] = field(default_factory=dict)

    def add(self, results: Iterable[WhatIf]) -> None:
        what_ifs = list(results)
        self.clocks += sum(1 for one in what_ifs if not one.is_new)
        for metric, (actual, simulated) in by_metric(what_ifs).items():
            totals = self.metrics.get(metric, (Compliance(), Compliance()))
            self.metrics[metric] = totals[0] + actual, totals[1] + simulated
        self._count("moved", (one for one in what_ifs if one.deadline_changed))
        self._count("decided_otherwise", (one for one in what_ifs if one.outcome_changed))
        self._count("at_once", (one for one in what_ifs if one.breaches_immediately))
        self._count("new", (one for one in what_ifs if one.is_new))

    def _count(self, change: str, results: Iterable[WhatIf]) -> None:
        for result in results:
            self.counts[change] = self.counts.get(change, 0) + 1
            named = self.named_clocks.setdefault(change, [])
            if len(named) < MAX_NAMED_CLOCKS:
                named.append(_clock_change(result))


def to_response(trial: Trial, total: TrialTotals, ticket_limit: int) -> TrialRead:
    # A full page may be the last one: then the next response is empty.
    next_cursor = total.last if total.tickets == ticket_limit else None
    return TrialRead(
        starts_at=trial.since,
        as_of=trial.as_of,
        tickets=total.tickets,
        clocks=total.clocks,
        without_clocks=total.without_clocks,
        next=encode_cursor(*next_cursor) if next_cursor else None,
        compliance=[
            MetricRead(
                metric=metric,
                actual=_compliance_to_response(actual),
                simulated=_compliance_to_response(simulated),
            )
            for metric, (actual, simulated) in sorted(total.metrics.items())
        ],
        deadline_changes_total=total.counts.get("moved", 0),
        deadline_changes=total.named_clocks.get("moved", []),
        outcome_changes_total=total.counts.get("decided_otherwise", 0),
        outcome_changes=total.named_clocks.get("decided_otherwise", []),
        immediate_breaches_total=total.counts.get("at_once", 0),
        immediate_breaches=total.named_clocks.get("at_once", []),
        new_promises_total=total.counts.get("new", 0),
        new_promises=total.named_clocks.get("new", []),
    )


def _compliance_to_response(compliance: Compliance) -> ComplianceRead:
    return ComplianceRead.model_validate(compliance)


def _clock_change(result: WhatIf) -> ClockChangeRead:
    ticket_clock, clock = result.ticket_clock, result.ticket_clock.clock
    return ClockChangeRead(
        clock_id=None if result.is_new else ticket_clock.id,
        ticket=ticket_clock.ticket.key,
        metric=clock.metric,
        priority=ticket_clock.ticket.priority,
        state=result.simulated.state if result.is_new else clock.state,
        actual_deadline=clock.deadline,
        simulated_deadline=result.simulated.deadline,
        actual_outcome=clock.outcome,
        simulated_outcome=result.simulated.outcome,
    )

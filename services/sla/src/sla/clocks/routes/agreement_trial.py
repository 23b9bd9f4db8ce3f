"""HTTP in: simulate an agreement, calendar or target on past tickets before it is published."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.events.tickets import Priority
from common.http import (
    Paging,
    RequestModel,
    ResponseModel,
    Transaction,
    encode_cursor,
    only_computes,
    router,
)
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.dependencies import get_visible_version
from sla.agreements.domain.agreement import Agreement
from sla.agreements.schemas.requests import TargetCreate
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.schemas import (
    CalendarReference,
    computation_error,
    id_or_key,
    load_timetable,
)
from sla.clocks.agreement_trial import Trial, run_batches
from sla.clocks.domain.compliance import Compliance
from sla.clocks.domain.what_if import WhatIf, by_metric
from sla.clocks.store.history import TicketCursor
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])

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
    """Deadline and outcome as they are (`actual`), and as they would be (`simulated`)."""

    clock_id: UUID
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

    `without_clocks`: tickets without a promise, which cannot be simulated. Each list names at most
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


@dataclass(slots=True)
class _TrialTotals:
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
        self.clocks += len(what_ifs)
        for metric, (actual, simulated) in by_metric(what_ifs).items():
            totals = self.metrics.get(metric, (Compliance(), Compliance()))
            self.metrics[metric] = totals[0] + actual, totals[1] + simulated
        self._count("moved", (one for one in what_ifs if one.deadline_changed))
        self._count("decided_otherwise", (one for one in what_ifs if one.outcome_changed))
        self._count("at_once", (one for one in what_ifs if one.breaches_immediately))

    def _count(self, change: str, results: Iterable[WhatIf]) -> None:
        for result in results:
            self.counts[change] = self.counts.get(change, 0) + 1
            named = self.named_clocks.setdefault(change, [])
            if len(named) < MAX_NAMED_CLOCKS:
                named.append(_clock_change(result))


@routes.post("/{agreement}/simulate")
@only_computes
async def simulate_agreement(
    name: AgreementRef,
    body: TrialRequest,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
    cursor_: Annotated[
        str | None,
        Query(alias="cursor", max_length=1000, description="`next` of the previous response."),
    ] = None,
) -> TrialRead:
    """Simulate an agreement version on past tickets.

    The response says which deadlines would differ, how compliance would have been, and which open
    clocks would breach at once when moved to the version.
    """
    stored = await get_visible_version(tx, id_or_key(name), caller)
    after = Paging(1, cursor_).after_as(datetime, UUID)
    at = await transaction_time(tx)
    version, draft_timetables = await _build_version(tx, stored.agreement, body, caller)
    trial = Trial(version, at - timedelta(days=body.days), at, draft_timetables)
    try:
        total = await _sum_batches(tx, trial, body.tickets, (after[0], after[1]) if after else None)
    except (NeverOpens, OutOfRange) as error:
        raise computation_error(error, "/calendar") from None
    return _to_response(trial, total, body.tickets)


async def _sum_batches(
    tx: Connection, trial: Trial, tickets: int, after: TicketCursor | None
) -> _TrialTotals:
    total = _TrialTotals()
    async for batch in run_batches(tx, trial, tickets, after):
        total.add(batch.results)
        total.tickets += batch.tickets
        total.without_clocks += batch.without_clocks
        total.last = batch.last
    return total


async def _build_version(
    tx: Connection, version: Agreement, body: TrialRequest, caller: Caller
) -> tuple[Agreement, dict[UUID, Timetable]]:
    """Return the version with the requested replacements, and the timetables of new calendars."""
    draft_timetables: dict[UUID, Timetable] = {}
    changed = version
    if body.calendar is not None:
        changed = replace(changed, calendar=uuid7())
        draft_timetables[changed.calendar] = await load_timetable(
            tx, caller, body.calendar, "/calendar"
        )
    for priority, reference in body.calendars.items():
        id = uuid7()
        draft_timetables[id] = await load_timetable(tx, caller, reference, f"/calendars/{priority}")
        changed = replace(changed, calendars={**changed.calendars, priority: id})
    if body.targets is not None:
        target_keys = [(one.metric, one.priority, one.kind) for one in body.targets]
        if len(target_keys) != len(set(target_keys)):
            detail = "each metric, priority and kind has one target"
            raise ValidationFailed([Violation("/targets", "repeated", detail)])
        changed = replace(changed, targets=tuple(one.to_target() for one in body.targets))
    return changed, draft_timetables


def _to_response(trial: Trial, total: _TrialTotals, ticket_limit: int) -> TrialRead:
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
    )


def _compliance_to_response(compliance: Compliance) -> ComplianceRead:
    return ComplianceRead.model_validate(compliance)


def _clock_change(result: WhatIf) -> ClockChangeRead:
    ticket_clock, clock = result.ticket_clock, result.ticket_clock.clock
    return ClockChangeRead(
        clock_id=ticket_clock.id,
        ticket=ticket_clock.ticket.key,
        metric=clock.metric,
        priority=ticket_clock.ticket.priority,
        state=clock.state,
        actual_deadline=clock.deadline,
        simulated_deadline=result.simulated.deadline,
        actual_outcome=clock.outcome,
        simulated_outcome=result.simulated.outcome,
    )

"""Simulate before it goes live: an agreement, calendar or target against the tickets of the past."""

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
from common.http import Paging, RequestModel, ResponseModel, encode_cursor, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.dependencies import seen
from sla.agreements.domain.agreement import Agreement
from sla.agreements.schemas.requests import TargetAsked
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.schemas import CalendarWish, Name, id_or_key, timetable_of, unanswerable
from sla.clocks.agreement_trial import Trial, batches
from sla.clocks.domain.what_if import WhatIf, by_metric
from sla.clocks.store.history import Place
from sla.reports.domain.compliance import Compliance

routes = router("/v1/agreements", tags=["agreements"])

MOST = 2000
NAMED = 200
"""Clocks that an answer names one by one; the others are counted."""


class TrialAsked(RequestModel):
    """Against the tickets of the last `days`, newest first, up to `tickets` of them. `calendar`,
    `calendars` and `targets` go before those of the version; nothing is stored."""

    days: Annotated[int, Field(gt=0, le=366)] = 30
    tickets: Annotated[int, Field(gt=0, le=MOST)] = 500
    calendar: CalendarWish | None = None
    calendars: dict[Priority, CalendarWish] = Field(default_factory=dict)
    targets: Annotated[list[TargetAsked], Field(min_length=1, max_length=200)] | None = None


class ComplianceTold(ResponseModel):
    met: int
    breached: int
    waived: int
    raw: float | None
    adjusted: float | None


class MetricTold(ResponseModel):
    metric: str
    actual: ComplianceTold
    simulated: ComplianceTold


class MovedTold(ResponseModel):
    """`was` and `would`: deadline and outcome as they are, and as they would be."""

    clock_id: UUID
    ticket: str
    metric: str
    priority: str
    state: str
    actual_deadline: datetime | None
    simulated_deadline: datetime | None
    actual_outcome: str | None
    simulated_outcome: str | None


class TrialTold(ResponseModel):
    """`next`: where the tickets that were not looked at begin; null where all were.

    `without_clocks`: tickets that nothing was promised to, so that nothing was kept of them to try.
    At most 200 clocks are named in each list; `deadline_changes_total` and `immediate_breaches_total` count all.
    """

    starts_at: datetime
    as_of: datetime
    tickets: int
    clocks: int
    without_clocks: int
    next: str | None
    compliance: list[MetricTold]
    deadline_changes_total: int
    deadline_changes: list[MovedTold]
    outcome_changes_total: int
    outcome_changes: list[MovedTold]
    immediate_breaches_total: int
    immediate_breaches: list[MovedTold]


@dataclass(slots=True)
class _Sum:
    """What the batches so far add up to."""

    tickets: int = 0
    clocks: int = 0
    silent: int = 0
    last: Place | None = None
    metrics: dict[str, tuple[Compliance, Compliance]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    named: dict[str, list[MovedTold]] = field(default_factory=dict)

    def add(self, tried: Iterable[WhatIf]) -> None:
        told = list(tried)
        self.clocks += len(told)
        for metric, (was, would) in by_metric(told).items():
            had = self.metrics.get(metric, (Compliance(), Compliance()))
            self.metrics[metric] = had[0] + was, had[1] + would
        self._name("moved", (one for one in told if one.moved))
        self._name("decided_otherwise", (one for one in told if one.decided_otherwise))
        self._name("at_once", (one for one in told if one.at_once))

    def _name(self, which: str, found: Iterable[WhatIf]) -> None:
        for one in found:
            self.counts[which] = self.counts.get(which, 0) + 1
            named = self.named.setdefault(which, [])
            if len(named) < NAMED:
                named.append(_moved(one))


@routes.post("/{name}/simulate")
async def simulate_agreement(
    name: Name,
    asked: TrialAsked,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
    cursor_: Annotated[
        str | None, Query(alias="cursor", max_length=1000, description="`next` of the call before.")
    ] = None,
) -> TrialTold:
    """Had this version held all along: which deadlines would be others, how compliance would have
    been, and which open clocks would breach at once when they were moved to it (C6)."""
    found = await seen(tx, id_or_key(name), caller)
    after = Paging(1, cursor_).after_as(datetime, UUID)
    at = await transaction_time(tx)
    version, drawn = await _version(tx, found.agreement, asked, caller)
    trial = Trial(version, at - timedelta(days=asked.days), at, drawn)
    try:
        total = await _total(tx, trial, asked.tickets, (after[0], after[1]) if after else None)
    except (NeverOpens, OutOfRange) as error:
        raise unanswerable(error, "/calendar") from None
    return _told(trial, total, asked.tickets)


async def _total(tx: Connection, trial: Trial, tickets: int, after: Place | None) -> _Sum:
    total = _Sum()
    async for batch in batches(tx, trial, tickets, after):
        total.add(batch.tried)
        total.tickets += batch.tickets
        total.silent += batch.silent
        total.last = batch.last
    return total


async def _version(
    tx: Connection, version: Agreement, asked: TrialAsked, caller: Caller
) -> tuple[Agreement, dict[UUID, Timetable]]:
    """The version with what is asked for instead, and the timetables of its own calendars."""
    drawn: dict[UUID, Timetable] = {}
    changed = version
    if asked.calendar is not None:
        changed = replace(changed, calendar=uuid7())
        drawn[changed.calendar] = await timetable_of(tx, caller, asked.calendar, "/calendar")
    for priority, wish in asked.calendars.items():
        id = uuid7()
        drawn[id] = await timetable_of(tx, caller, wish, f"/calendars/{priority}")
        changed = replace(changed, calendars={**changed.calendars, priority: id})
    if asked.targets is not None:
        named = [(one.metric, one.priority, one.kind) for one in asked.targets]
        if len(named) != len(set(named)):
            said = "each metric, priority and kind has one target"
            raise ValidationFailed([Violation("/targets", "repeated", said)])
        changed = replace(changed, targets=tuple(one.target() for one in asked.targets))
    return changed, drawn


def _told(trial: Trial, total: _Sum, asked: int) -> TrialTold:
    # A full page may have been the last one: then the next call finds nothing, and says so.
    more = total.last if total.tickets == asked else None
    return TrialTold(
        starts_at=trial.since,
        as_of=trial.as_of,
        tickets=total.tickets,
        clocks=total.clocks,
        without_clocks=total.silent,
        next=encode_cursor(*more) if more else None,
        compliance=[
            MetricTold(metric=metric, actual=_figures(was), simulated=_figures(would))
            for metric, (was, would) in sorted(total.metrics.items())
        ],
        deadline_changes_total=total.counts.get("moved", 0),
        deadline_changes=total.named.get("moved", []),
        outcome_changes_total=total.counts.get("decided_otherwise", 0),
        outcome_changes=total.named.get("decided_otherwise", []),
        immediate_breaches_total=total.counts.get("at_once", 0),
        immediate_breaches=total.named.get("at_once", []),
    )


def _figures(counted: Compliance) -> ComplianceTold:
    return ComplianceTold.model_validate(counted)


def _moved(one: WhatIf) -> MovedTold:
    tracked, clock = one.tracked, one.tracked.clock
    return MovedTold(
        clock_id=tracked.id,
        ticket=tracked.ticket.key,
        metric=clock.metric,
        priority=tracked.ticket.priority,
        state=clock.state,
        actual_deadline=clock.deadline,
        simulated_deadline=one.would.deadline,
        actual_outcome=clock.outcome,
        simulated_outcome=one.would.outcome,
    )

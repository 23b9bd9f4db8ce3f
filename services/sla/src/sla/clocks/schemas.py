"""Clocks and waivers as they are answered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from common.http import ResponseModel
from sla.clocks.domain.clock import Timetables
from sla.clocks.domain.snapshot import standing
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.store.inputs import Heard

SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)


class ClockTold(ResponseModel):
    """`contract`: `sla` is a promise to the customer; `ola` second level's, `uc` the partner's to us.

    `deadline` of a stopped clock is what it would have been; of a paused one, null.
    `next_firing_at`: the warning or breach for which it is armed."""

    id: UUID
    ticket_id: UUID
    ticket: str
    title: str
    customer: str | None
    environment: str | None
    priority: str
    kind: str
    agreement: str | None
    contract: str
    partner: str | None
    metric: str
    state: str
    outcome: str | None
    target_seconds: int | None
    pausable: bool
    opened_at: datetime
    deadline: datetime | None
    stopped_at: datetime | None
    elapsed_seconds: int
    paused_seconds: int
    remaining_seconds: int | None
    overrun_seconds: int
    breached: bool
    breached_at: datetime | None
    breach_reason: str | None
    longest_cycle_seconds: int
    generation: int
    next_firing_at: datetime | None


class FiringTold(ResponseModel):
    kind: str
    due_at: datetime
    fired_at: datetime
    lag_ms: int
    reason: str
    fired_without_events: bool


class OneClockTold(ClockTold):
    firings: list[FiringTold]


class IntervalTold(ResponseModel):
    starts_at: datetime
    ends_at: datetime
    reason: str
    elapsed_seconds: int
    name: str | None


class TurnTold(ResponseModel):
    """From `at` on `target_seconds` are promised; null: nothing."""

    at: datetime
    reason: str
    target_seconds: int | None


class ExplanationTold(ResponseModel):
    clock: ClockTold
    as_of: datetime
    agreement_version: UUID | None
    promise: str
    calendar_version: UUID
    tz_version: str
    elapsed_seconds: int
    changes: list[TurnTold]
    intervals: list[IntervalTold]


class ReplayTold(ResponseModel):
    """`same` is null where only a part of the inputs was folded."""

    state: str
    deadline: datetime | None
    elapsed_seconds: int
    breached_at: datetime | None
    outcome: str | None
    generation: int
    inputs: int
    firings: list[FiringTold]
    same: bool | None


def clock_told(tracked: Tracked, at: datetime, tables: Timetables) -> ClockTold:
    clock, ticket = tracked.clock, tracked.ticket
    stands = standing(clock, at, tables)
    target, remaining = clock.terms.target, stands.remaining
    return ClockTold(
        id=tracked.id,
        ticket_id=ticket.id,
        ticket=ticket.key,
        title=ticket.title,
        customer=ticket.customer,
        environment=ticket.environment,
        priority=ticket.priority,
        kind=ticket.kind,
        agreement=ticket.agreement,
        contract=clock.contract,
        partner=tracked.partner,
        metric=clock.metric,
        state=clock.state,
        outcome=clock.outcome,
        target_seconds=None if target is None else target // SECOND,
        pausable=clock.terms.pausable,
        opened_at=clock.opened_at,
        deadline=clock.deadline,
        stopped_at=clock.stopped_at,
        elapsed_seconds=stands.counted // SECOND,
        paused_seconds=stands.paused // SECOND,
        remaining_seconds=None if remaining is None else remaining // SECOND,
        overrun_seconds=stands.overrun // SECOND,
        breached=stands.breached,
        breached_at=stands.breached_at,
        breach_reason=clock.breach_reason,
        longest_cycle_seconds=stands.worst // SECOND,
        generation=clock.generation,
        next_firing_at=tracked.next_at,
    )


def firings_told(heard: Iterable[Heard]) -> list[FiringTold]:
    return [
        FiringTold(
            kind=one.heard.firing.kind,
            due_at=one.heard.firing.due_at,
            fired_at=one.heard.known_at,
            lag_ms=(one.heard.known_at - one.heard.firing.due_at) // MILLISECOND,
            reason=one.heard.firing.reason,
            fired_without_events=one.fired_without_events,
        )
        for one in heard
        if one.heard.firing is not None
    ]

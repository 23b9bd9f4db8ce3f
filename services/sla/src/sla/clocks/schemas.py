"""Response models of clocks."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from common.auth import Caller
from common.domain.durations import SECOND
from common.http import Page, ResponseModel
from sla.clocks.domain.clock import Timetables
from sla.clocks.domain.snapshot import take_snapshot
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.inputs import StoredInput

MILLISECOND = timedelta(milliseconds=1)


class ClockFacts(ResponseModel):
    """What everybody reads of a clock who may see it."""

    id: UUID
    ticket: str
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


class ClockForPartner(ClockFacts):
    """A clock of a partner's own contract as the partner reads it: of the ticket its key, and what the
    promise depends on."""


class ClockRead(ClockFacts):
    """`contract`: `sla` is a promise to the customer, `ola` of second level and `uc` of a partner
    to us.

    `deadline`: of a stopped clock as if it had run on; null while paused. `next_firing_at`: when
    its next warning or breach is due. `house_default`: what is promised is the default of the house,
    since the customer has no agreement of their own."""

    ticket_id: UUID
    title: str
    customer: str | None
    environment: str | None
    house_default: bool


class FiringRead(ResponseModel):
    kind: str
    due_at: datetime
    fired_at: datetime
    lag_ms: int
    reason: str
    fired_without_events: bool


class ClockDetailRead(ClockRead):
    firings: list[FiringRead]


class ClockDetailForPartner(ClockForPartner):
    firings: list[FiringRead]


AnyClock = ClockRead | ClockForPartner
"""A clock for whoever asks; `for_reader` chooses."""


class ClockPage(Page[AnyClock]):
    """A page of clocks, as the caller may read them."""


class ReplayRead(ClockDetailRead):
    """A clock as it is when its inputs are folded again, at `as_of`; all fields mean what they mean of a
    clock. Its ticket is named as it is now.

    `inputs`: how many were folded. `identical` is null where these were only some of them.
    """

    as_of: datetime
    inputs: int
    identical: bool | None


def clock_to_response(
    ticket_clock: TicketClock,
    at: datetime,
    tables: Timetables,
    house_defaults: Collection[UUID] = (),
) -> ClockRead:
    """The clock at `at`; `house_defaults` are the versions of the house-wide default among theirs."""
    clock, ticket = ticket_clock.clock, ticket_clock.ticket
    snapshot = take_snapshot(clock, at, tables)
    target, remaining = clock.terms.target, snapshot.remaining
    return ClockRead(
        id=ticket_clock.id,
        ticket_id=ticket.id,
        ticket=ticket.key,
        title=ticket.title,
        customer=ticket.customer,
        environment=ticket.environment,
        priority=ticket.priority,
        kind=ticket.kind,
        agreement=ticket.agreement,
        house_default=ticket.agreement_version in house_defaults,
        contract=clock.contract,
        partner=ticket_clock.partner,
        metric=clock.metric,
        state=clock.state,
        outcome=clock.outcome,
        target_seconds=None if target is None else target // SECOND,
        pausable=clock.terms.pausable,
        opened_at=clock.opened_at,
        deadline=clock.deadline,
        stopped_at=clock.stopped_at,
        elapsed_seconds=snapshot.counted // SECOND,
        paused_seconds=snapshot.paused // SECOND,
        remaining_seconds=None if remaining is None else remaining // SECOND,
        overrun_seconds=snapshot.overrun // SECOND,
        breached=snapshot.breached,
        breached_at=snapshot.breached_at,
        breach_reason=clock.breach_reason,
        longest_cycle_seconds=snapshot.longest_cycle // SECOND,
        generation=clock.generation,
        next_firing_at=ticket_clock.next_at,
    )


def for_reader(clock: ClockRead, caller: Caller) -> AnyClock:
    """The clock as this caller may read it."""
    return clock if caller.partner is None else clock_for_partner(clock)


def clock_for_partner(clock: ClockRead) -> ClockForPartner:
    """The clock as the partner reads it whose contract it measures."""
    return ClockForPartner(**clock.model_dump(include=set(ClockForPartner.model_fields)))


def detail_for_reader(
    clock: ClockDetailRead, caller: Caller
) -> ClockDetailRead | ClockDetailForPartner:
    """The same with its firings."""
    if caller.partner is None:
        return clock
    return ClockDetailForPartner(
        **clock.model_dump(include=set(ClockDetailForPartner.model_fields))
    )


def firings_to_response(stored_inputs: Iterable[StoredInput]) -> list[FiringRead]:
    return [
        FiringRead(
            kind=one.input.firing.kind,
            due_at=one.input.firing.due_at,
            fired_at=one.input.known_at,
            lag_ms=(one.input.known_at - one.input.firing.due_at) // MILLISECOND,
            reason=one.input.firing.reason,
            fired_without_events=one.fired_without_events,
        )
        for one in stored_inputs
        if one.input.firing is not None
    ]

"""A clock with the ticket it measures, and one change of it: what the edges load and store. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace as changed

from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import Clock, Input, Timetables
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import caught_up, fired, next_firing


@dataclass(frozen=True, slots=True)
class Ticket:
    """What sla keeps of a ticket. `agreement` is the key of the agreement that covers it.

    With a clock of a partner or of second level, it is the agreement that this clock measures.
    """

    id: UUID
    key: str
    title: str
    kind: str
    priority: str
    customer_id: UUID | None
    customer: str | None
    environment: str | None
    service: str | None
    opened_at: datetime
    agreement_version: UUID | None = None
    agreement: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A ticket in the hands of a partner (`uc`) or of second level (`ola`).

    Its agreement is theirs; `forwarding` counts the ticket's hand-overs from 1.
    """

    ticket: Ticket
    contract: Contract
    forwarding: int
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """`ordinal` is that of the last input, `sequence` that of the last event told about it.

    `next_at` is the due time of the next firing, which is what the armed deadline stands at.
    `forwarding` says, from 1 on, to which forwarding of the ticket the clock belongs, `partner` who
    got it then (by key); 0: it is the customer's.
    """

    id: UUID
    ticket: Ticket
    clock: Clock
    ordinal: int
    sequence: int
    next_at: datetime | None = None
    forwarding: int = 0
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a clock heard, one input after the other, and the clock after each of them."""

    before: Tracked
    heard: tuple[tuple[Input, Clock], ...]
    next_at: datetime | None

    @property
    def clock(self) -> Clock:
        return self.heard[-1][1] if self.heard else self.before.clock

    @property
    def ordinal(self) -> int:
        return self.before.ordinal + len(self.heard)


def begun(id: UUID, ticket: Ticket, metric: Metric, opened: Input, tables: Timetables) -> Tracked:
    """A new clock of the customer's; `opened` is its first input."""
    return _begun(Tracked(id, ticket, start(metric, opened, tables), opened.ordinal, 0), tables)


def begun_behind(
    id: UUID, handed: Handed, metric: Metric, opened: Input, tables: Timetables
) -> Tracked:
    """A new clock of a partner's or second level's; `opened.at` is when they got the ticket."""
    clock = start(metric, opened, tables, handed.contract)
    number, partner = handed.forwarding, handed.partner
    tracked = Tracked(id, handed.ticket, clock, opened.ordinal, 0, None, number, partner)
    return _begun(tracked, tables)


def _begun(tracked: Tracked, tables: Timetables) -> Tracked:
    firing = next_firing(tracked.clock, tables)
    return replace(tracked, next_at=firing.due_at if firing else None)


def hears(tracked: Tracked, heard: Input, tables: Timetables) -> Change:
    """The clock hears something; what should have fired before it fires first (C8).

    The input's ordinal is given here.
    """
    _, missed = caught_up(tracked.clock, heard.at, tables)
    inputs = [*(fired(firing, heard.known_at) for firing in missed), heard]
    return _changed(tracked, inputs, tables)


def fires(tracked: Tracked, at: datetime, tables: Timetables) -> Change:
    """Everything of this clock that is due at `at` fires."""
    clock, inputs = tracked.clock, []
    while (firing := next_firing(clock, tables)) and firing.due_at <= at:
        inputs.append(fired(firing, at))
        clock = step(clock, inputs[-1], tables)
    return _changed(tracked, inputs, tables)


def instead(change: Change, inputs: list[Input], tables: Timetables) -> Change:
    """The same clock hearing these inputs instead; their ordinals are given here."""
    return _changed(change.before, inputs, tables)


def _changed(tracked: Tracked, inputs: list[Input], tables: Timetables) -> Change:
    clock, kept = tracked.clock, []
    for ordinal, heard in enumerate(inputs, start=tracked.ordinal + 1):
        clock = step(clock, heard, tables)
        kept.append((changed(heard, ordinal=ordinal), clock))
    firing = next_firing(clock, tables)
    return Change(tracked, tuple(kept), firing.due_at if firing else None)

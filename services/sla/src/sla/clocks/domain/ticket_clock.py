"""A clock with its ticket, and a change of it: what commands load and store. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from sla.agreements.domain.agreement import Contract, Metric
from sla.agreements.domain.ticket_traits import TicketTraits
from sla.clocks.domain.clock import Clock, Input, Timetables
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import fire_missed, firing_input, next_firing


class Ticket(Struct, frozen=True):
    """What sla stores of a ticket. `agreement` is the key of the agreement that covers it.

    With a clock of a partner or of second level: the key of the agreement that this clock measures.
    `environment_tier`, `channel` and `customer_tier` are as they were when it was opened. `tags` are those
    that count for its promises, sorted and with a space between them, as they are stored; None: none.
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
    environment_tier: str | None = None
    channel: str | None = None
    customer_tier: str | None = None
    tags: str | None = None

    @property
    def traits(self) -> TicketTraits:
        """What targets may ask for beside priority and kind."""
        tags = tuple(self.tags.split()) if self.tags else ()
        return TicketTraits(self.environment_tier, self.channel, self.customer_tier, tags)


@dataclass(frozen=True, slots=True)
class ContractTicket:
    """A ticket that a partner (`uc`) or second level (`ola`) works on.

    Its agreement is theirs; `forwarding` numbers the forwardings of the ticket from 1.
    """

    ticket: Ticket
    contract: Contract
    forwarding: int
    partner: str | None = None


class TicketClock(Struct, frozen=True):
    """A clock of a ticket. `ordinal` is that of its last input, `sequence` that of its last event.

    `next_at` is when its next firing is due. `forwarding`: the number of the forwarding that it
    belongs to, from 1; 0: a promise to the customer. `partner`: the key of the partner of a `uc`.
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
    """The inputs of one change, in order, and the clock after each of them."""

    before: TicketClock
    steps: tuple[tuple[Input, Clock], ...]
    next_at: datetime | None

    @property
    def clock(self) -> Clock:
        return self.steps[-1][1] if self.steps else self.before.clock

    @property
    def ordinal(self) -> int:
        return self.before.ordinal + len(self.steps)


def new_clock(
    id: UUID, ticket: Ticket, metric: Metric, opening: Input, tables: Timetables
) -> TicketClock:
    """Return a new clock of a promise to the customer; `opening` is its first input."""
    clock = start(metric, opening, tables)
    return TicketClock(id, ticket, clock, opening.ordinal, 0, _next_at(clock, tables))


def new_supplier_clock(
    id: UUID, contract_ticket: ContractTicket, metric: Metric, opening: Input, tables: Timetables
) -> TicketClock:
    """Return a new clock of a supplier's promise; `opening.at` is when they got the ticket."""
    clock = start(metric, opening, tables, contract_ticket.contract)
    return TicketClock(
        id,
        contract_ticket.ticket,
        clock,
        opening.ordinal,
        0,
        _next_at(clock, tables),
        contract_ticket.forwarding,
        contract_ticket.partner,
    )


def _next_at(clock: Clock, tables: Timetables) -> datetime | None:
    firing = next_firing(clock, tables)
    return firing.due_at if firing else None


def apply_input(ticket_clock: TicketClock, input: Input, tables: Timetables) -> Change:
    """Apply an input to the clock; firings due before it come first (C8).

    The ordinals of the inputs are assigned here.
    """
    _, missed = fire_missed(ticket_clock.clock, input.at, tables)
    inputs = [*(firing_input(firing, input.known_at) for firing in missed), input]
    return _apply_inputs(ticket_clock, inputs, tables)


def fire_due(ticket_clock: TicketClock, at: datetime, tables: Timetables) -> Change:
    """Fire everything of the clock that is due at `at`."""
    clock, inputs = ticket_clock.clock, []
    while (firing := next_firing(clock, tables)) and firing.due_at <= at:
        inputs.append(firing_input(firing, at))
        clock = step(clock, inputs[-1], tables)
    return _apply_inputs(ticket_clock, inputs, tables)


def with_inputs(change: Change, inputs: list[Input], tables: Timetables) -> Change:
    """Return the change with these inputs instead; their ordinals are assigned here."""
    return _apply_inputs(change.before, inputs, tables)


def _apply_inputs(ticket_clock: TicketClock, inputs: list[Input], tables: Timetables) -> Change:
    clock, steps = ticket_clock.clock, []
    for ordinal, input in enumerate(inputs, start=ticket_clock.ordinal + 1):
        clock = step(clock, input, tables)
        steps.append((replace(input, ordinal=ordinal), clock))
    return Change(ticket_clock, tuple(steps), _next_at(clock, tables))

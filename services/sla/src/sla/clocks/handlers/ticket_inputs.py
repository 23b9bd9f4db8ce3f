"""Kafka in: inputs of the clocks of a ticket, those of the customer and of suppliers (R13)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from common.events.envelope import ReceivedEvent
from common.events.tickets import (
    TicketAssigned,
    TicketEvent,
    TicketOnHold,
    TicketReopened,
    TicketReplied,
    TicketResumed,
)
from common.messaging.inbox import Handler
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Contract
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.ticket_clock import Change, TicketClock, apply_input
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import PendingInput

T = TypeVar("T", bound=TicketEvent)
InputFor = Callable[[Any, Contract], InputKind | None]
"""Returns the kind of input of an event for clocks of a contract; None: it is not an input."""

BY_CUSTOMER: Final[frozenset[InputKind]] = frozenset({"customer_replied", "reopened"})
"""Inputs that are the customer's acts."""
CONTRACTS: tuple[Contract, ...] = ("sla", "ola", "uc")


def as_input(kind: InputKind | InputFor) -> Handler:
    """Return a handler that applies an input of `kind` to all clocks of the tickets."""
    input_for: InputFor = kind if callable(kind) else lambda event, contract: kind

    async def handle(tx: Connection, events: Sequence[ReceivedEvent[T]]) -> None:
        relevant = [
            r for r in events if any(input_for(r.event, contract) for contract in CONTRACTS)
        ]
        by_ticket = {r.event.ticket_id: r for r in relevant}
        # Locks the ticket before its clocks, in the order of `backfill` and `reclassification`.
        await tickets.add_pending(
            tx, [one for r in by_ticket.values() for one in _pending_inputs(r, input_for)]
        )
        ticket_clocks = await clocks.lock_by_tickets(tx, by_ticket)
        if ticket_clocks:
            known_at, tables = await transaction_time(tx), await load_timetables(tx, ticket_clocks)

            def change(ticket_clock: TicketClock, input_kind: InputKind) -> Change:
                received = by_ticket[ticket_clock.ticket.id]
                by = who_acted(received.event, input_kind)
                input = Input(0, input_kind, occurred_at(received), known_at, by=by)
                return apply_input(ticket_clock, input, tables)

            changes = [
                change(one, input_kind)
                for one in ticket_clocks
                if (input_kind := input_for(by_ticket[one.ticket.id].event, one.clock.contract))
            ]
            await apply_changes(tx, changes, known_at)

    return handle


def _pending_inputs(received: ReceivedEvent[T], input_for: InputFor) -> list[PendingInput]:
    """Return the inputs for clocks that start later, one for all contracts or one per supplier."""
    event, at = received.event, occurred_at(received)
    customer_kind, supplier_contracts = input_for(event, "sla"), CONTRACTS[1:]
    pending_inputs = [_pending_input(event, customer_kind, at, None)] if customer_kind else []
    return pending_inputs + [
        _pending_input(event, "answered", at, contract)
        for contract in supplier_contracts
        if input_for(event, contract) == "answered"
    ]


def _pending_input(
    event: TicketEvent, kind: InputKind, at: datetime, contract: Contract | None
) -> PendingInput:
    acted_by = next(iter(who_acted(event, kind)), None)
    return PendingInput(event.ticket_id, kind, at, contract=contract, acted_by=acted_by)


def who_acted(event: TicketEvent, kind: InputKind) -> tuple[str, ...]:
    """Return the account of who of our people acted; nobody where it was the customer.

    Inputs are kept for ever: a contact, who may be erased, is named there by no account.
    """
    is_ours = event.by is not None and kind not in BY_CUSTOMER
    return (event.by,) if is_ours and event.by is not None else ()


def occurred_at(received: ReceivedEvent[T]) -> datetime:
    """Return the instant of the event in UTC."""
    return received.at.astimezone(UTC)


def input_of_reply(event: TicketReplied, contract: Contract) -> InputKind | None:
    """A reply to the customer; by the assignee at second level it is also their answer."""
    if event.automatic:
        return None
    if contract == "sla":
        return "replied"
    is_second_level = (
        contract == "ola" and event.state == "forwarded" and event.by == event.assignee
    )
    return "answered" if is_second_level else None


def input_of_assignment(event: TicketAssigned, contract: Contract) -> InputKind | None:
    """An answer of second level: somebody took it. For other contracts an assignment is not an input."""
    is_taken = event.state == "forwarded" and event.assignee is not None
    return "answered" if contract == "ola" and is_taken else None


def input_of_hold(event: TicketOnHold, contract: Contract) -> InputKind | None:
    """A hold, only while waiting on the customer (C2)."""
    return "on_hold" if event.waiting_on == "customer" else None


def input_of_reopening(event: TicketReopened, contract: Contract) -> InputKind:
    """Reopened by the customer, or by our own side, which also resolved it (R1)."""
    return "reopened_by_us" if event.by_customer is False else "reopened"


def input_of_resume(event: TicketResumed, contract: Contract) -> InputKind:
    """An answer of the supplier that was waited on; for other contracts the ticket is resumed."""
    answering_contract = {"partner": "uc", "second_level": "ola"}.get(event.waited_on or "")
    return "answered" if contract == answering_contract else "resumed"

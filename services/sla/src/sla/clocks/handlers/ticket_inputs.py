"""How the clocks of tickets hear what happens to them: the customer's, and those behind it (R13)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from common.events.envelope import ReceivedEvent
from common.events.tickets import (
    TicketAssigned,
    TicketEvent,
    TicketOnHold,
    TicketReplied,
    TicketResumed,
)
from common.messaging.inbox import Handler
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Contract
from sla.clocks.commands import go_on, timetables
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.ticket_clock import Change, Tracked, hears
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import Early

T = TypeVar("T", bound=TicketEvent)
Says = Callable[[Any, Contract], InputKind | None]
"""What an event says to a clock of such a contract; None: nothing."""

CONTRACTS: tuple[Contract, ...] = ("sla", "ola", "uc")


def hear(kind: InputKind | Says) -> Handler:
    """A handler by which all clocks of the tickets hear `kind`, or what the event says to them."""
    says: Says = kind if callable(kind) else lambda event, contract: kind

    async def handle(tx: Connection, events: Sequence[ReceivedEvent[T]]) -> None:
        told = [r for r in events if any(says(r.event, contract) for contract in CONTRACTS)]
        heard = {r.event.ticket_id: r for r in told}
        # The ticket before its clocks, as whoever starts clocks late locks them.
        await tickets.hear_early(tx, [one for r in heard.values() for one in _early(r, says)])
        tracked = await clocks.lock_of_tickets(tx, heard)
        if tracked:
            known_at, tables = await transaction_time(tx), await timetables(tx, tracked)

            def change(one: Tracked, said: InputKind) -> Change:
                at = instant(heard[one.ticket.id])
                return hears(one, Input(0, said, at, known_at), tables)

            changes = [
                change(one, said)
                for one in tracked
                if (said := says(heard[one.ticket.id].event, one.clock.contract))
            ]
            await go_on(tx, changes, known_at)

    return handle


def _early(received: ReceivedEvent[T], says: Says) -> list[Early]:
    """What clocks that start later hear of it: all of them the same, but for an answer to us."""
    event, at = received.event, instant(received)
    ours, behind = says(event, "sla"), CONTRACTS[1:]
    early = [Early(event.ticket_id, ours, at)] if ours else []
    return early + [
        Early(event.ticket_id, "answered", at, contract=contract)
        for contract in behind
        if says(event, contract) == "answered"
    ]


def instant(received: ReceivedEvent[T]) -> datetime:
    return received.at.astimezone(UTC)


def replied(event: TicketReplied, contract: Contract) -> InputKind | None:
    """To the customer. Whoever second level gave the ticket to answers for second level, too."""
    if event.automatic:
        return None
    if contract == "sla":
        return "replied"
    theirs = contract == "ola" and event.state == "forwarded" and event.by == event.assignee
    return "answered" if theirs else None


def assigned(event: TicketAssigned, contract: Contract) -> InputKind | None:
    """Somebody of second level took it. Who works on it is nothing to the customer's clocks."""
    return "answered" if contract == "ola" and event.state == "forwarded" else None


def waiting(event: TicketOnHold, contract: Contract) -> InputKind | None:
    """Only waiting on the customer pauses anything (C2)."""
    return "on_hold" if event.waiting_on == "customer" else None


def resumed(event: TicketResumed, contract: Contract) -> InputKind:
    """Those who were waited on have said something."""
    answering = {"partner": "uc", "second_level": "ola"}.get(event.waited_on or "")
    return "answered" if contract == answering else "resumed"

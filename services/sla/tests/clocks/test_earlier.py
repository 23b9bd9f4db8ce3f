"""The pending inputs of a ticket, for clocks that start later."""

from typing import Any
from uuid import UUID

from common.events.tickets import (
    TicketAssigned,
    TicketCustomerReplied,
    TicketEvent,
    TicketForwarded,
    TicketHandedBack,
    TicketOnHold,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketResumed,
    TicketTriaged,
    TicketWorkaroundProvided,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.agreements.domain.agreement import METRICS
from sla.clocks.store import tickets
from sla.clocks.store.tickets import PendingInput
from sla.handlers import HANDLERS
from sla_support.assertions import assert_consistent, clocks_of
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin

MESSAGE = UUID(int=7)
TICKET = UUID(int=1)


def ticket_events() -> list[TicketEvent]:
    """Something of everything that a clock hears, each an hour after the other."""
    second = {"state": "forwarded", "to": "second_level"}
    event_arguments: list[tuple[type[TicketEvent], dict[str, Any]]] = [
        (TicketReplied, {"message_id": MESSAGE}),
        (TicketOnHold, {"waiting_on": "customer"}),
        (TicketCustomerReplied, {"message_id": MESSAGE}),
        (TicketForwarded, second),
        (TicketAssigned, {"state": "forwarded", "assignee": "sven"}),
        (TicketWorkaroundProvided, {"message_id": MESSAGE}),
        (TicketOnHold, {"waiting_on": "customer"}),
        (TicketResumed, {"waited_on": "customer"}),
        (TicketHandedBack, {"handed_back_by": "second_level"}),
        (TicketResolved, {}),
        (TicketReopened, {}),
    ]
    return [
        ticket_event(event, 1, NINE + hours * HOUR, **more)
        for hours, (event, more) in enumerate(event_arguments, start=1)
    ]


async def load_pending_inputs(database: Database) -> list[PendingInput]:
    async with database.transaction() as tx:
        return (await tickets.list_pending(tx, [TICKET]))[TICKET]


async def deliver_ticket_events(database: Database) -> None:
    await underpin(database, await promise(database, metrics=METRICS))
    events = enumerate([ticket_opened(1), *ticket_events()], start=1)
    await deliver(database, HANDLERS, *((event, number) for number, event in events))


async def test_all_that_clocks_hear_is_kept_in_its_order(database: Database) -> None:
    await deliver_ticket_events(database)
    assert [(one.kind, one.contract) for one in await load_pending_inputs(database)] == [
        ("replied", None),
        ("on_hold", None),
        ("customer_replied", None),
        ("forwarded", None),
        ("answered", "ola"),
        ("workaround_provided", None),
        ("on_hold", None),
        ("resumed", None),
        ("handed_back", None),
        ("resolved", None),
        ("reopened", None),
    ]


async def test_second_levels_answer_during_triage_is_heard_by_their_clock(
    database: Database,
) -> None:
    """R13: it is a word to us, and none to the customer"""
    await underpin(database, await promise(database))
    nobody: dict[str, Any] = {"customer_id": None, "customer": None}
    handed = ticket_event(
        TicketForwarded, 1, NINE + HOUR, state="forwarded", to="second_level", **nobody
    )
    taken = ticket_event(
        TicketAssigned, 1, NINE + 2 * HOUR, state="forwarded", assignee="sven", **nobody
    )
    triaged = ticket_event(TicketTriaged, 1, NINE + 3 * HOUR, opened_at=NINE)
    events = (ticket_opened(1, **nobody, needs_triage=True), handed, taken, triaged)
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    theirs = (await clocks_of(database, 1, 1))["first_response"].clock
    assert (theirs.opened_at, theirs.stopped_at) == (NINE + HOUR, NINE + 2 * HOUR)
    assert (await clocks_of(database, 1))["first_response"].clock.state == "running"
    await assert_consistent(database)

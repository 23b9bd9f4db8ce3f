"""Reassignments of a ticket do not change the clocks of its customer (C2)."""

from typing import Any

from common.events.tickets import TicketAssigned, TicketForwarded, TicketOnHold
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, outbox_events
from sla.agreements.domain.agreement import METRICS
from sla.handlers import HANDLERS
from sla_support.assertions import assert_consistent, clocks_of, event_types
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin


async def test_a_reassignment_changes_nothing_of_the_customers_clocks(database: Database) -> None:
    """Not while they run, and not while they wait: no input, no event, the same clock."""
    await promise(database, metrics=METRICS)
    waiting = ticket_event(TicketOnHold, 2, NINE + HOUR, waiting_on="customer")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (waiting, 2))
    before = [await clocks_of(database, number) for number in (1, 2)]
    news = len(await outbox_events(database))
    for number, sequence in ((1, 2), (2, 3)):
        taken: Any = {"assignee": "omar", "team": "night shift"}
        given = ticket_event(TicketAssigned, number, NINE + 2 * HOUR, **taken)
        again = ticket_event(TicketAssigned, number, NINE + 3 * HOUR, assignee="anna")
        await deliver(database, HANDLERS, (given, sequence), (again, sequence + 1))
    assert [await clocks_of(database, number) for number in (1, 2)] == before
    assert len(await outbox_events(database)) == news
    await assert_consistent(database)


async def test_second_levels_answer_is_no_word_to_the_customer(database: Database) -> None:
    """R13: taken by second level, their response is given and ours is still owed"""
    await underpin(database, await promise(database))
    handed = ticket_event(TicketForwarded, 1, NINE, state="forwarded", to="second_level")
    taken = ticket_event(TicketAssigned, 1, NINE + HOUR, state="forwarded", assignee="sven")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (handed, 2))
    ours = await clocks_of(database, 1)
    await deliver(database, HANDLERS, (taken, 3))
    assert await clocks_of(database, 1) == ours
    theirs = (await clocks_of(database, 1, 1))["first_response"]
    assert theirs.clock.stopped_at == NINE + HOUR
    assert event_types(await outbox_events(database), "first_response") == ["started"]
    await assert_consistent(database)

"""What the events of a ticket do to its clocks, with committed transactions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from common.events.tickets import (
    TicketCustomerReplied,
    TicketMerged,
    TicketOnHold,
    TicketPrioritised,
    TicketRejected,
    TicketReplied,
    TicketResolved,
    TicketResumed,
    TicketTriaged,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of, event_types, resolution_clock
from sla_support.company import (
    ACME,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_event,
    ticket_opened,
)


async def test_an_opened_ticket_gets_each_of_its_clocks_once(database: Database) -> None:
    """C1; heard twice and in one poll with others"""
    await promise(database)
    await deliver(
        database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (ticket_opened(1), 1)
    )
    found = await clocks_of(database, 1)
    assert set(found) == {"first_response", "resolution"}
    assert found["resolution"].clock.deadline == NINE + 8 * HOUR
    assert event_types(await outbox_events(database), "resolution") == ["started", "started"]
    await assert_consistent(database)


async def test_a_blocker_runs_around_the_clock(database: Database) -> None:
    """R10: Sunday, three at night"""
    await promise(database)
    night = NINE - timedelta(days=1, hours=6)
    await deliver(database, HANDLERS, (ticket_opened(1, night, priority="blocker"), 1))
    assert (await resolution_clock(database)).clock.deadline == night + 2 * HOUR


async def test_a_ticket_waits_for_its_customer_to_be_known(database: Database) -> None:
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    assert await clocks_of(database, 1) == {}
    await promise(database)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM parked")) == 0
        assert await tx.scalar(text("SELECT count(*) FROM tickets")) == 1


async def test_a_customer_without_a_promise_gets_no_clock(database: Database) -> None:
    await announce_customers(database, (ACME, "acme"))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_event(TicketResolved, 1), 2))
    assert await clocks_of(database, 1) == {}


async def test_waiting_pauses_and_an_answer_resumes(database: Database) -> None:
    """C2; waiting on a partner does not pause"""
    await promise(database)
    waiting = ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer")
    answer = ticket_event(TicketCustomerReplied, 1, NINE + 3 * HOUR, message_id=UUID(int=7))
    elsewhere = ticket_event(TicketOnHold, 1, NINE + 4 * HOUR, waiting_on="partner")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (waiting, 2))
    assert (await resolution_clock(database)).clock.state == "paused"
    await deliver(database, HANDLERS, (answer, 3), (elsewhere, 4))
    clock = (await resolution_clock(database)).clock
    assert (clock.state, clock.deadline) == ("running", NINE + 25 * HOUR)
    kinds = event_types(await outbox_events(database), "resolution")
    assert kinds == ["started", "paused", "resumed"]
    await assert_consistent(database)


async def test_first_response_and_resolution_are_met(database: Database) -> None:
    """C3"""
    await promise(database)
    automatic = ticket_event(TicketReplied, 1, NINE, message_id=UUID(int=6), automatic=True)
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=UUID(int=7))
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR)
    await deliver(
        database, HANDLERS, (ticket_opened(1), 1), (automatic, 2), (reply, 3), (solved, 4)
    )
    found = await clocks_of(database, 1)
    assert found["first_response"].clock.stopped_at == NINE + HOUR
    assert {one.clock.outcome for one in found.values()} == {"met"}
    assert event_types(await outbox_events(database), "first_response") == ["started", "met"]
    await assert_consistent(database)


async def test_every_reply_and_all_news_are_measured_in_cycles(database: Database) -> None:
    """C1"""
    await promise(database, metrics=("next_reply", "update"))
    asks, answers = (
        [ticket_event(kind, 1, NINE + hours * HOUR, message_id=UUID(int=hours)) for hours in at]
        for kind, at in ((TicketCustomerReplied, (1, 4)), (TicketReplied, (2, 6)))
    )
    solved = ticket_event(TicketResolved, 1, NINE + 7 * HOUR)
    events = [ticket_opened(1), asks[0], answers[0], asks[1], answers[1], solved]
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    found = await clocks_of(database, 1)
    assert found["next_reply"].clock.worst == HOUR
    assert found["next_reply"].clock.counted == 2 * HOUR
    assert {one.clock.outcome for one in found.values()} == {"met"}
    news = await outbox_events(database)
    assert event_types(news, "next_reply") == ["started", "met", "resumed", "met"]
    assert event_types(news, "update") == ["started", "deadline_changed", "deadline_changed", "met"]
    await assert_consistent(database)


async def test_a_rejected_resolution_runs_on(database: Database) -> None:
    """C2, C3, R1: as if it had never been resolved"""
    await promise(database)
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR, by="anna")
    rejected = ticket_event(TicketRejected, 1, NINE + 3 * HOUR, by="omar", resolved_by="anna")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (solved, 2), (rejected, 3))
    clock = (await resolution_clock(database)).clock
    assert (clock.state, clock.counted) == ("running", 3 * HOUR)
    assert event_types(await outbox_events(database), "resolution") == ["started", "met", "resumed"]


async def test_a_new_priority_applies_to_all_the_time_counted(database: Database) -> None:
    """C6: two hours of a blocker's time are over after three, so it breaches at the change"""
    await promise(database)
    raised = ticket_event(
        TicketPrioritised, 1, NINE + 3 * HOUR, priority="blocker", previous="major"
    )
    await freeze_time(database, NINE + 3 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (raised, 2))
    await fire_due(database, TIMERS)
    tracked = await resolution_clock(database)
    assert tracked.ticket.priority == "blocker"
    assert tracked.clock.deadline == NINE + 2 * HOUR
    assert tracked.clock.breached_at == NINE + 3 * HOUR
    breached = [
        one.body for one in await outbox_events(database) if one.type.endswith("breached.v1")
    ]
    assert {one["reason"] for one in breached} == {"deadline", "target_changed"}
    await assert_consistent(database)


async def test_a_priority_without_a_promise_withdraws_the_clock(database: Database) -> None:
    """C6"""
    await promise(database)
    lowered = ticket_event(
        TicketPrioritised, 1, NINE + HOUR, priority="trivial", previous="major", confirmed_by="omar"
    )
    raised = ticket_event(
        TicketPrioritised, 1, NINE + 2 * HOUR, priority="major", previous="trivial"
    )
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (lowered, 2))
    assert (await resolution_clock(database)).clock.state == "no_target"
    await deliver(database, HANDLERS, (raised, 3))
    assert (await resolution_clock(database)).clock.deadline == NINE + 8 * HOUR
    assert event_types(await outbox_events(database), "resolution") == [
        "started",
        "cancelled",
        "started",
    ]
    await assert_consistent(database)


async def test_a_merged_tickets_clocks_end(database: Database) -> None:
    """C10"""
    await promise(database)
    merged = ticket_event(TicketMerged, 1, NINE + HOUR, into_id=UUID(int=2), into="OPS-2")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (merged, 2))
    await freeze_time(database, NINE + 100 * HOUR)
    await fire_due(database, TIMERS)
    assert (await resolution_clock(database, 1)).clock.cancelled == "merged into OPS-2"
    assert (await resolution_clock(database, 2)).clock.breached_at is not None
    await assert_consistent(database)


async def test_triage_starts_the_clocks_at_the_opening(database: Database) -> None:
    """C2: what was heard meanwhile counts, too"""
    await promise(database)
    unknown = ticket_opened(1, customer_id=None, customer=None, needs_triage=True)
    waiting = ticket_event(
        TicketOnHold, 1, NINE + HOUR, waiting_on="customer", customer_id=None, customer=None
    )
    reply = ticket_event(
        TicketReplied, 1, NINE + HOUR / 2, message_id=UUID(int=7), customer_id=None, customer=None
    )
    triaged = ticket_event(TicketTriaged, 1, NINE + 2 * HOUR, opened_at=NINE)
    await deliver(database, HANDLERS, (unknown, 1), (reply, 2), (waiting, 3))
    await deliver(database, HANDLERS, (triaged, 4))
    found = await clocks_of(database, 1)
    assert found["first_response"].clock.stopped_at == NINE + HOUR / 2
    assert (found["resolution"].clock.state, found["resolution"].clock.counted) == ("paused", HOUR)
    await assert_consistent(database)


async def test_events_out_of_order_wait_for_each_other(database: Database) -> None:
    await promise(database)
    resumed = ticket_event(TicketResumed, 1, NINE + 2 * HOUR)
    waiting = ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer")
    await deliver(database, HANDLERS, (resumed, 3), (ticket_opened(1), 1))
    await deliver(database, HANDLERS, (waiting, 2))
    clock = (await resolution_clock(database)).clock
    assert (clock.state, clock.paused) == ("running", HOUR)
    await assert_consistent(database)


async def test_a_backdated_ticket_counts_from_the_call(database: Database) -> None:
    """C2: phoned in two hours ago"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE, opened_at=NINE - HOUR / 2), 1))
    assert (await resolution_clock(database)).clock.deadline == NINE + 7.5 * HOUR


async def test_many_tickets_of_one_poll_are_stored_together(database: Database) -> None:
    await promise(database)
    events: list[tuple[Any, int]] = [(ticket_opened(number), 1) for number in range(1, 301)]
    await deliver(database, HANDLERS, *events)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM clocks")) == 600
        assert await tx.scalar(text("SELECT count(*) FROM deadlines WHERE kind = 'clock'")) == 600
    await assert_consistent(database)

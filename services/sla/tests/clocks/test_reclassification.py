"""What a new kind of a ticket does to its clocks, with committed transactions (C6)."""

from datetime import datetime, timedelta
from typing import Any

from httpx import AsyncClient

from common.events.tickets import TicketResolved, TicketTriaged
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of, event_types, resolution_clock
from sla_support.company import HOUR, NINE, ticket_event, ticket_opened
from sla_support.reclassifications import BILLING, agreement_by_kind, ticket_reclassified


async def test_another_kind_applies_its_target_to_all_the_time_counted(database: Database) -> None:
    """C6, C8: two hours of a problem's time are over after three, so it breaches at the change"""
    await agreement_by_kind(database)
    await freeze_time(database, NINE + 3 * HOUR)
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, **BILLING), 1),
        (ticket_reclassified(3, kind="problem"), 2),
    )
    await fire_due(database, TIMERS)
    tracked = await resolution_clock(database)
    assert (tracked.ticket.kind, tracked.clock.deadline) == ("problem", NINE + 2 * HOUR)
    assert tracked.clock.breached_at == NINE + 3 * HOUR
    (breached,) = [
        one.body for one in await outbox_events(database) if one.type.endswith("breached.v1")
    ]
    assert (breached["kind"], breached["reason"]) == ("problem", "reclassified")
    assert breached["due_at"] == "2026-06-01T10:00:00Z"
    await assert_consistent(database)


async def test_a_kind_without_a_promise_withdraws_the_clock_until_it_is_corrected_back(
    database: Database,
) -> None:
    """C6"""
    await agreement_by_kind(database)
    back = ticket_reclassified(5, kind="incident", previous_kind="question")
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, **BILLING), 1),
        (ticket_reclassified(1, kind="question"), 2),
    )
    assert (await resolution_clock(database)).clock.state == "no_target"
    await deliver(database, HANDLERS, (back, 3))
    assert (await resolution_clock(database)).clock.deadline == NINE + 8 * HOUR
    assert event_types(await outbox_events(database), "resolution") == [
        "started",
        "cancelled",
        "started",
    ]
    await assert_consistent(database)


async def test_the_explanation_says_what_was_corrected(
    database: Database, theo: AsyncClient
) -> None:
    """C9"""
    await agreement_by_kind(database)
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, **BILLING), 1),
        (ticket_reclassified(1, kind="problem"), 2),
    )
    address = f"/v1/clocks/{(await resolution_clock(database)).id}"
    (change,) = (await theo.get(address + "/explanation")).json()["changes"]
    assert change == {
        "at": "2026-06-01T08:00:00Z",
        "reason": "the ticket was corrected (kind incident to problem)",
        "target_seconds": 7200,
    }
    words = (await theo.get(address + "/explanation?format=text")).text
    assert "the ticket was corrected (kind incident to problem): 2 hr" in words
    assert all(len(line) <= 100 for line in words.splitlines())
    picture = (await theo.get(address + "/explanation.svg")).text
    assert "kind incident to problem" in picture
    assert (await theo.post(address + "/replay", json={})).json()["identical"] is True


async def test_a_resolved_ticket_that_was_corrected_is_judged_by_what_it_is(
    database: Database,
) -> None:
    """C3, C5"""
    await agreement_by_kind(database)
    solved = ticket_event(TicketResolved, 1, NINE + 3 * HOUR, **BILLING)
    await freeze_time(database, NINE + 4 * HOUR)
    events = (
        ticket_opened(1, **BILLING),
        solved,
        ticket_reclassified(4, kind="problem", state="resolved"),
    )
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    await fire_due(database, TIMERS)
    clock = (await resolution_clock(database)).clock
    assert (clock.state, clock.outcome, clock.breached_at) == (
        "stopped",
        "breached",
        NINE + 4 * HOUR,
    )
    back = ticket_reclassified(5, kind="incident", previous_kind="problem", state="resolved")
    await deliver(database, HANDLERS, (back, 4))
    assert (await resolution_clock(database)).clock.outcome == "met"
    await assert_consistent(database)


async def test_in_triage_it_is_kept_and_counts_from_the_opening(database: Database) -> None:
    """C2"""
    await agreement_by_kind(database)
    nobody: dict[str, Any] = {"customer_id": None, "customer": None}
    unknown = ticket_opened(1, **nobody, needs_triage=True)
    reclassified = ticket_reclassified(1, kind="problem", previous_service=None, **nobody)
    triaged = ticket_event(TicketTriaged, 1, NINE + HOUR, opened_at=NINE, kind="problem", **BILLING)
    await deliver(database, HANDLERS, (unknown, 1), (reclassified, 2))
    assert await clocks_of(database, 1) == {}
    await deliver(database, HANDLERS, (triaged, 3))
    assert (await resolution_clock(database)).clock.deadline == NINE + 2 * HOUR
    await assert_consistent(database)


async def test_it_takes_effect_once_and_in_its_turn(database: Database) -> None:
    await agreement_by_kind(database)
    problem, question = (
        ticket_reclassified(1, kind="problem"),
        ticket_reclassified(2, kind="question", previous_kind="problem"),
    )
    await deliver(
        database, HANDLERS, (question, 3), (ticket_opened(1, **BILLING), 1), (question, 3)
    )
    assert (await resolution_clock(database)).ticket.kind == "incident"
    await deliver(database, HANDLERS, (problem, 2), (problem, 2))
    tracked = await resolution_clock(database)
    assert (tracked.ticket.kind, tracked.clock.state) == ("question", "no_target")
    await deliver(database, HANDLERS, (question, 3))
    assert await resolution_clock(database) == tracked
    await assert_consistent(database)


async def test_its_deadlines_move_with_it(database: Database) -> None:
    """C7, C8: armed is what comes next under the promise that holds"""
    await agreement_by_kind(database)
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, **BILLING), 1),
        (ticket_reclassified(0.5, kind="problem"), 2),
    )
    fired: list[datetime] = []
    for half_hours in range(1, 6):
        await freeze_time(database, NINE + half_hours * timedelta(minutes=30))
        fired += [NINE + half_hours * timedelta(minutes=30)] * await fire_due(database, TIMERS)
    minutes = [(at - NINE) // timedelta(minutes=1) for at in fired]
    assert minutes == [60, 90, 120]
    assert (await resolution_clock(database)).clock.breached_at == NINE + 2 * HOUR
    await assert_consistent(database)

"""Clocks of what partners and second level promised us, beside the customer's clocks (R13)."""

from datetime import timedelta
from typing import Any

import pytest

from common.events.tickets import (
    TicketAssigned,
    TicketEvent,
    TicketForwarded,
    TicketHandedBack,
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
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin

MINUTE = timedelta(minutes=1)
TAKEN = {"state": "forwarded", "assignee": "sven"}


def forwarding_event(
    hours: float, partner: str | None = "hosthaven", **more: Any
) -> TicketForwarded:
    to = "partner" if partner else "second_level"
    state: dict[str, Any] = {"state": "forwarded", "to": to, "partner": partner}
    return ticket_event(TicketForwarded, 1, NINE + hours * HOUR, **state | more)


async def deliver_events(database: Database, *events: TicketEvent) -> None:
    """Ticket 1 is opened at nine, and then these things happen to it."""
    numbered = enumerate([ticket_opened(1), *events], start=1)
    await deliver(database, HANDLERS, *((event, number) for number, event in numbered))


async def test_a_partners_clock_starts_when_they_get_the_ticket(database: Database) -> None:
    """C2: and waiting on them does not pause the customer's"""
    uc = await underpin(database, await promise(database), "hosthaven")
    wait = ticket_event(TicketOnHold, 1, NINE + 3 * HOUR, waiting_on="partner")
    await deliver_events(database, forwarding_event(2), wait)
    theirs, ours = await clocks_of(database, 1, 1), await resolution_clock(database)
    assert theirs["resolution"].clock.opened_at == NINE + 2 * HOUR
    assert theirs["resolution"].clock.deadline == NINE + 6 * HOUR
    assert theirs["resolution"].partner == "hosthaven"
    assert theirs["resolution"].ticket.agreement_version == uc.id
    assert (ours.clock.state, ours.clock.deadline) == ("running", NINE + 8 * HOUR)
    started = [
        one.body for one in await outbox_events(database) if one.body.get("partner") == "hosthaven"
    ]
    assert {(one["contract"], one["agreement"]) for one in started} == {
        ("uc", "hosthaven-standard")
    }
    await assert_consistent(database)


async def test_a_partners_breach_is_theirs_alone(database: Database) -> None:
    await underpin(database, await promise(database), "hosthaven")
    await deliver_events(database, forwarding_event(2))
    await freeze_time(database, NINE + 6 * HOUR + MINUTE)
    await fire_due(database, TIMERS)
    assert (await clocks_of(database, 1, 1))["resolution"].clock.outcome == "breached"
    assert (await resolution_clock(database)).clock.outcome is None
    breached = [
        one.body for one in await outbox_events(database) if one.type.endswith("breached.v1")
    ]
    theirs = [one for one in breached if one["contract"] == "uc"]
    assert {one["metric"] for one in theirs} == {"first_response", "resolution"}
    await assert_consistent(database)


@pytest.mark.parametrize(
    ("event", "partner", "answered", "ended"),
    [
        (
            ticket_event(TicketResumed, 1, NINE + HOUR, waited_on="partner"),
            "hosthaven",
            True,
            False,
        ),
        (
            ticket_event(TicketResumed, 1, NINE + HOUR, waited_on="customer"),
            "hosthaven",
            False,
            False,
        ),
        (
            ticket_event(TicketAssigned, 1, NINE + HOUR, **TAKEN),
            "hosthaven",
            False,
            False,
        ),
        (ticket_event(TicketAssigned, 1, NINE + HOUR, **TAKEN), None, True, False),
        (ticket_event(TicketAssigned, 1, NINE + HOUR, state="on_hold"), None, False, False),
        (
            ticket_event(
                TicketReplied,
                1,
                NINE + HOUR,
                message_id=ticket_opened(1).ticket_id,
                state="forwarded",
                by="sven",
                assignee="sven",
            ),
            None,
            True,
            False,
        ),
        (
            ticket_event(TicketHandedBack, 1, NINE + HOUR, handed_back_by="partner"),
            "hosthaven",
            True,
            True,
        ),
        (
            ticket_event(TicketHandedBack, 1, NINE + HOUR, handed_back_by="second_level"),
            None,
            True,
            True,
        ),
        (ticket_event(TicketResolved, 1, NINE + HOUR), "hosthaven", True, True),
    ],
)
async def test_their_clocks_end_with_their_answer_and_their_work(
    database: Database, event: TicketEvent, partner: str | None, answered: bool, ended: bool
) -> None:
    await underpin(database, await promise(database), partner)
    await deliver_events(database, forwarding_event(0.5, partner), event)
    theirs = await clocks_of(database, 1, 1)
    assert (theirs["first_response"].clock.state == "stopped") == answered
    assert (theirs["resolution"].clock.state == "stopped") == ended
    await assert_consistent(database)


async def test_a_resolution_ends_it_for_them_as_a_hand_back_does(database: Database) -> None:
    """R5, R13: what is rejected or reopened is with first level, until it is forwarded to them again"""
    await underpin(database, await promise(database), "hosthaven")
    rejected = ticket_event(TicketRejected, 1, NINE + 3 * HOUR, resolved_by="anna")
    await deliver_events(
        database, forwarding_event(1), ticket_event(TicketResolved, 1, NINE + 2 * HOUR), rejected
    )
    theirs = (await clocks_of(database, 1, 1))["resolution"].clock
    assert (theirs.state, theirs.counted, theirs.stopped_at) == ("stopped", HOUR, NINE + 2 * HOUR)
    await deliver(database, HANDLERS, (forwarding_event(4), 5))
    again = (await clocks_of(database, 1, 2))["resolution"].clock
    assert (again.state, again.opened_at) == ("running", NINE + 4 * HOUR)
    back = ticket_event(
        TicketHandedBack, 1, NINE + 5 * HOUR, handed_back_by="partner", partner="hosthaven"
    )
    solved = ticket_event(TicketResolved, 1, NINE + 6 * HOUR)
    refused = ticket_event(TicketRejected, 1, NINE + 7 * HOUR, resolved_by="anna")
    await deliver(database, HANDLERS, (back, 6), (solved, 7), (refused, 8))
    again = (await clocks_of(database, 1, 2))["resolution"].clock
    assert (again.state, again.stopped_at) == ("stopped", NINE + 5 * HOUR)
    assert (await resolution_clock(database)).clock.state == "running"
    await assert_consistent(database)


async def test_each_forwarding_has_clocks_of_its_own(database: Database) -> None:
    under = await promise(database)
    await underpin(database, under, "hosthaven")
    await underpin(database, under)
    await deliver_events(
        database, forwarding_event(1), forwarding_event(2, None), forwarding_event(3)
    )
    first, second, third = [
        (await clocks_of(database, 1, number))["resolution"] for number in (1, 2, 3)
    ]
    assert [one.clock.contract for one in (first, second, third)] == ["uc", "ola", "uc"]
    assert (first.clock.state, first.clock.stopped_at) == ("stopped", NINE + 2 * HOUR)
    assert (second.clock.state, second.clock.counted) == ("stopped", HOUR)
    assert (third.clock.state, third.clock.opened_at) == ("running", NINE + 3 * HOUR)
    await assert_consistent(database)


async def test_a_ticket_that_waited_on_its_customer_goes_on_when_it_is_forwarded(
    database: Database,
) -> None:
    """C2: somebody works on it again"""
    await promise(database)
    await deliver_events(
        database,
        ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer"),
        forwarding_event(2),
    )
    ours = (await resolution_clock(database)).clock
    assert (ours.state, ours.paused, ours.deadline) == ("running", HOUR, NINE + 24 * HOUR)
    await assert_consistent(database)


async def test_a_partner_without_a_contract_promised_nothing(database: Database) -> None:
    await underpin(database, await promise(database), "hosthaven")
    await deliver_events(database, forwarding_event(1, "somebody-else"), forwarding_event(2, None))
    assert await clocks_of(database, 1, 1) == {}
    assert event_types(await outbox_events(database), "resolution") == ["started"]


async def test_their_targets_follow_the_priority_under_their_own_contract(
    database: Database,
) -> None:
    """C6"""
    await underpin(database, await promise(database), "hosthaven")
    raised = ticket_event(TicketPrioritised, 1, NINE + HOUR, priority="blocker", previous="major")
    await deliver_events(database, forwarding_event(0.5), raised)
    theirs, ours = (await clocks_of(database, 1, 1))["resolution"], await resolution_clock(database)
    assert theirs.clock.terms.target == HOUR
    assert ours.clock.terms.target == 2 * HOUR
    await assert_consistent(database)


async def test_their_clocks_end_with_a_merged_ticket(database: Database) -> None:
    """C10"""
    await underpin(database, await promise(database), "hosthaven")
    merged = ticket_event(
        TicketMerged, 1, NINE + HOUR, into_id=ticket_opened(2).ticket_id, into="OPS-2"
    )
    await deliver_events(database, forwarding_event(0.5), merged)
    theirs = (await clocks_of(database, 1, 1))["resolution"].clock
    assert theirs.cancelled == "merged into OPS-2"
    assert event_types(await outbox_events(database), "resolution", "uc") == [
        "started",
        "cancelled",
    ]
    await assert_consistent(database)


async def test_a_ticket_forwarded_during_triage_counts_from_the_forwarding(
    database: Database,
) -> None:
    await underpin(database, await promise(database), "hosthaven")
    nobody: dict[str, Any] = {"customer_id": None, "customer": None}
    unknown = ticket_opened(1, **nobody, needs_triage=True)
    back = ticket_event(TicketHandedBack, 1, NINE + 2 * HOUR, handed_back_by="partner", **nobody)
    await deliver(database, HANDLERS, (unknown, 1), (forwarding_event(1, **nobody), 2))
    triaged = ticket_event(TicketTriaged, 1, NINE + 3 * HOUR, opened_at=NINE)
    await deliver(database, HANDLERS, (back, 3), (triaged, 4))
    theirs = (await clocks_of(database, 1, 1))["resolution"].clock
    assert (theirs.opened_at, theirs.stopped_at) == (NINE + HOUR, NINE + 2 * HOUR)
    assert (await resolution_clock(database)).clock.state == "running"
    await assert_consistent(database)

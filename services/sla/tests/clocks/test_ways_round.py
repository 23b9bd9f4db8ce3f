"""Ways round the second person that end, pause or shorten nothing (R1, C2, C10)."""

from uuid import UUID

import pytest

from common.events.tickets import (
    TicketCustomerReplied,
    TicketMerged,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import InputKind
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of
from sla_support.clock_dsl import MINUTE, at, simulate_clock, terms
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

MESSAGE = UUID(int=0x3E)


@pytest.mark.parametrize("metric", ["first_response", "update", "workaround", "resolution"])
def test_what_our_own_side_resolves_and_reopens_was_never_resolved(metric: Metric) -> None:
    """C2: the gap counts, and the promise breaks at its own deadline, known at the reopening"""
    events: list[tuple[float, InputKind]] = [(20, "resolved"), (50, "reopened_by_us")]
    clock = simulate_clock(metric, terms(60), *events, until=55).clock
    assert (clock.state, clock.counted, clock.deadline) == ("running", 50 * MINUTE, at(60))
    late = simulate_clock(metric, terms(30), *events, until=55).clock
    assert (late.breached_at, late.breach_reason) == (at(50), "reopened_by_us")


def test_what_a_reply_stopped_stays_stopped() -> None:
    """C3: only what the resolution stopped is taken back"""
    events: list[tuple[float, InputKind]] = [
        (5, "customer_replied"),
        (10, "replied"),
        (20, "resolved"),
        (50, "reopened_by_us"),
    ]
    for metric in ("first_response", "next_reply"):
        clock = simulate_clock(metric, terms(30), *events, until=99).clock
        assert (clock.state, clock.stopped_at, clock.outcome) == ("stopped", at(10), "met")


@pytest.mark.parametrize(
    ("event", "fields", "counted"),
    [
        (TicketReopened, {"by_customer": True}, 1),
        (TicketReopened, {"by_customer": False}, 3),
        (TicketReopened, {}, 1),
        (TicketRejected, {"resolved_by": "anna"}, 3),
    ],
)
async def test_the_time_until_it_is_reopened_counts_unless_the_customer_says_so(
    database: Database, event: type[TicketReopened], fields: dict[str, object], counted: int
) -> None:
    """R1: resolved by one person, reopened hours later"""
    await promise(database, metrics=("resolution",))
    resolved = ticket_event(TicketResolved, 1, NINE + HOUR)
    back = ticket_event(event, 1, NINE + 3 * HOUR, **fields)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (resolved, 2), (back, 3))
    clock = (await clocks_of(database, 1))["resolution"].clock
    assert (clock.state, clock.counted) == ("running", counted * HOUR)
    await assert_consistent(database)


def merged(number: int, into: int, hours: float) -> TicketMerged:
    survivor = {"into_id": UUID(int=into), "into": f"OPS-{into}"}
    return ticket_event(TicketMerged, number, NINE + hours * HOUR, **survivor)


async def test_a_broken_clock_of_a_merged_ticket_stays_broken_and_counts(
    database: Database,
) -> None:
    """C10"""
    await promise(database, metrics=("first_response", "resolution"))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await freeze_time(database, NINE + 3 * HOUR)
    await fire_due(database, TIMERS)
    await deliver(database, HANDLERS, (merged(1, 2, 3), 2))
    own = {metric: one.clock for metric, one in (await clocks_of(database, 1)).items()}
    first = own["first_response"]
    assert (first.state, first.outcome, first.breached_at) == (
        "stopped",
        "breached",
        NINE + 2 * HOUR,
    )
    assert (own["resolution"].state, own["resolution"].cancelled) == (
        "cancelled",
        "merged into OPS-2",
    )
    types = [one.type for one in await outbox_events(database)]
    assert types.count("opsdesk.clock.breach_withdrawn.v1") == 0
    assert types.count("opsdesk.clock.cancelled.v1") == 1
    await assert_consistent(database)


async def test_the_survivor_counts_from_the_earlier_opening(database: Database) -> None:
    """C10: an old ticket is merged into a new one"""
    await promise(database, metrics=("first_response", "resolution"))
    reply = ticket_event(TicketReplied, 2, NINE + 4 * HOUR, message_id=MESSAGE)
    later = ticket_opened(2, NINE + 3 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (later, 1), (reply, 2))
    await freeze_time(database, NINE + 5 * HOUR)
    await deliver(database, HANDLERS, (merged(1, 2, 5), 2))
    clocks = {metric: one.clock for metric, one in (await clocks_of(database, 2)).items()}
    assert (clocks["resolution"].deadline, clocks["resolution"].counted) == (
        NINE + 8 * HOUR,
        5 * HOUR,
    )
    await fire_due(database, TIMERS)
    first = (await clocks_of(database, 2))["first_response"].clock
    assert (first.outcome, first.breach_reason) == ("breached", "opened_earlier")
    await assert_consistent(database)


async def test_a_message_that_nobody_answered_goes_on_counting(database: Database) -> None:
    """C10: merging answers nobody"""
    await promise(database, metrics=("next_reply",))
    asked = ticket_event(TicketCustomerReplied, 1, NINE + HOUR, message_id=MESSAGE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (asked, 2), (ticket_opened(2), 1))
    await deliver(database, HANDLERS, (merged(1, 2, 2), 3))
    clock = (await clocks_of(database, 2))["next_reply"].clock
    assert (clock.state, clock.deadline) == ("running", NINE + 24 * HOUR)
    await assert_consistent(database)

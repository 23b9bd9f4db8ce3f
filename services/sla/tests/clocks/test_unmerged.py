"""Merged tickets that are separated again: the clocks are as if they had never been merged (C10, R1)."""

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.events.ticket_links import TicketUnmerged
from common.events.tickets import TicketMerged, TicketReplied
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Clock, Input, InputKind
from sla.clocks.domain.fold import fold
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.snapshot import take_snapshot
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of
from sla_support.clock_dsl import MINUTE, OFFICE, TABLES, at, make_input, simulate_clock, terms
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

METRICS: list[Metric] = ["first_response", "next_reply", "update", "workaround", "resolution"]
OCCURRENCES: list[InputKind] = [
    "replied",
    "customer_replied",
    "workaround_provided",
    "forwarded",
    "handed_back",
]
MESSAGE = UUID(int=0x3E)


def _merged(number: int, into: int, hours: float) -> TicketMerged:
    survivor = {"into_id": UUID(int=into), "into": f"OPS-{into}"}
    return ticket_event(TicketMerged, number, NINE + hours * HOUR, **survivor)


def _unmerged(number: int, survivor: int, hours: float, opened_at: datetime) -> TicketUnmerged:
    return ticket_event(
        TicketUnmerged,
        number,
        NINE + hours * HOUR,
        opened_at=NINE,
        from_id=UUID(int=survivor),
        from_ticket=f"OPS-{survivor}",
        survivor_opened_at=opened_at,
        requested_by="anna",
        confirmed_by="omar",
    )


@given(
    metric=st.sampled_from(METRICS),
    steps=st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from(OCCURRENCES)),
        max_size=6,
        unique_by=lambda s: s[0],
    ),
    merged=st.integers(201, 400),
    apart=st.integers(0, 300),
)
def test_it_is_as_if_it_had_never_been_merged(
    metric: Metric, steps: list[tuple[int, InputKind]], merged: int, apart: int
) -> None:
    """C10: our own side merged and our own side separates, so the time in between counts."""
    events = [(float(when), kind) for when, kind in sorted(steps)]
    both: list[tuple[float, InputKind]] = [(merged, "merged"), (merged + apart, "unmerged")]
    once = simulate_clock(metric, terms(250), *events, *both, until=900).clock
    never = simulate_clock(metric, terms(250), *events, until=900).clock
    for fact in ("state", "outcome", "deadline", "stopped_at", "ended", "opened_at"):
        assert getattr(once, fact) == getattr(never, fact), fact
    counted = [take_snapshot(one, at(900), TABLES).counted for one in (once, never)]
    assert counted[0] == counted[1]


@given(earlier=st.integers(1, 5_000), own=st.integers(0, 5_000), apart=st.integers(0, 5_000))
def test_the_survivor_is_as_if_nothing_had_been_merged_into_it(
    earlier: int, own: int, apart: int
) -> None:
    """C10: in office hours, with an opening at any time of the week"""
    opened = replace(make_input(earlier, "opened"), terms=terms(300, OFFICE))
    merged, separated = earlier + own, earlier + own + apart
    moved = [
        replace(make_input(merged, "opened_earlier"), since=at(0)),
        replace(make_input(separated, "opened_later"), since=at(earlier)),
    ]
    until = at(separated + 60)
    once = simulate("resolution", [opened, *moved], until, TABLES).clock
    never = simulate("resolution", [opened], until, TABLES).clock
    assert (once.deadline, once.opened_at) == (never.deadline, never.opened_at)
    counted = [take_snapshot(one, until, TABLES).counted for one in (once, never)]
    assert counted[0] == counted[1]


def test_a_clock_that_was_cancelled_for_another_reason_stays_cancelled() -> None:
    """C10: the agreement was terminated before; separating tickets brings nothing back"""
    events: list[tuple[float, InputKind]] = [(10, "cancelled"), (20, "merged"), (30, "unmerged")]
    clock = simulate_clock("resolution", terms(60), *events, until=90).clock
    assert (clock.state, clock.stopped_at) == ("cancelled", at(10))


def test_a_pause_ends_with_the_merge() -> None:
    """R1: nobody asked the customer anything while the ticket was merged"""
    events: list[tuple[float, InputKind]] = [(10, "on_hold"), (30, "merged"), (50, "unmerged")]
    clock = simulate_clock("resolution", terms(60), *events, until=55).clock
    assert (clock.state, clock.counted, clock.paused) == ("running", 30 * MINUTE, 20 * MINUTE)


def test_without_a_merge_nothing_is_separated() -> None:
    opening = replace(make_input(0, "opened"), terms=terms(60))
    before: Clock = fold("resolution", [opening], TABLES)
    separated: Input = make_input(5, "unmerged")
    assert fold("resolution", [opening, separated], TABLES) == before


async def test_separated_the_promises_hold_again_with_the_time_between(database: Database) -> None:
    """C10: what would have been broken by then breaks at the separation, and says why"""
    await promise(database, metrics=("first_response", "resolution"))
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=MESSAGE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (reply, 2))
    await freeze_time(database, NINE + 2 * HOUR)
    await deliver(database, HANDLERS, (_merged(1, 2, 2), 3))
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    await deliver(database, HANDLERS, (_unmerged(1, 2, 9, NINE), 4))
    own = {metric: one.clock for metric, one in (await clocks_of(database, 1)).items()}
    first = own["first_response"]
    assert (first.state, first.outcome, first.stopped_at) == ("stopped", "met", NINE + HOUR)
    await fire_due(database, TIMERS)
    resolution = (await clocks_of(database, 1))["resolution"].clock
    assert (resolution.state, resolution.counted) == (
        "running",
        8 * HOUR,
    )
    assert (resolution.outcome, resolution.breached_at, resolution.breach_reason) == (
        "breached",
        NINE + 9 * HOUR,
        "unmerged",
    )
    await assert_consistent(database)


async def test_a_broken_clock_stays_broken_and_runs_on(database: Database) -> None:
    """C10"""
    await promise(database, metrics=("first_response", "resolution"))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await freeze_time(database, NINE + 3 * HOUR)
    await fire_due(database, TIMERS)
    await deliver(database, HANDLERS, (_merged(1, 2, 3), 2))
    await freeze_time(database, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (_unmerged(1, 2, 4, NINE), 3))
    first = (await clocks_of(database, 1))["first_response"].clock
    assert (first.state, first.breached_at) == ("running", NINE + 2 * HOUR)
    types = [one.type for one in await outbox_events(database)]
    assert types.count("opsdesk.clock.breach_withdrawn.v1") == 0
    await assert_consistent(database)


@pytest.mark.parametrize(("still", "deadline"), [(4, 27), (2, 25)])
async def test_the_survivor_counts_from_its_own_opening_again(
    database: Database, still: int, deadline: int
) -> None:
    """C10: in office hours; what another merged ticket brought, opened two hours earlier, stays"""
    await promise(database, metrics=("resolution",))
    later = ticket_opened(2, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (later, 1))
    await freeze_time(database, NINE + 9 * HOUR)
    await deliver(database, HANDLERS, (_merged(1, 2, 9), 2))
    await fire_due(database, TIMERS)
    broken = (await clocks_of(database, 2))["resolution"].clock
    assert (broken.deadline, broken.breached_at) == (NINE + 8 * HOUR, NINE + 9 * HOUR)
    await freeze_time(database, NINE + 9.5 * HOUR)
    opened_at = NINE + still * HOUR
    await deliver(database, HANDLERS, (_unmerged(1, 2, 9.5, opened_at), 3))
    own = (await clocks_of(database, 2))["resolution"]
    assert (own.clock.deadline, own.clock.breached_at) == (NINE + deadline * HOUR, None)
    assert own.ticket.opened_at == opened_at
    types = [one.type for one in await outbox_events(database)]
    assert types.count("opsdesk.clock.breach_withdrawn.v1") == 1
    await assert_consistent(database)

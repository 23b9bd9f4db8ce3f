"""Trying the very promise that held changes nothing, whatever happened to the ticket."""

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.agreements.domain.agreement import Agreement, Target
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.ticket_clock import (
    Change,
    Ticket,
    TicketClock,
    apply_input,
    fire_due,
    new_clock,
)
from sla.clocks.domain.what_if import what_if

OFFICE = UUID(int=1)
CALENDAR = Calendar(read_zone("Europe/Amsterdam"), (parse_hours([("08:00", "17:00")]),) * 7)
TABLES = {OFFICE: Timetable(CALENDAR)}
OPENED = datetime(2026, 6, 1, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PRIORITIES = ("blocker", "major", "minor")
AGREEMENT = Agreement(
    UUID(int=2),
    "acme",
    1,
    UUID(int=3),
    OPENED,
    None,
    tuple(
        Target("resolution", priority, hours * 60 * MINUTE)
        for priority, hours in zip(PRIORITIES, (2, 8, 16), strict=True)
    ),
    OFFICE,
)
KINDS: list[InputKind] = ["on_hold", "resumed", "customer_replied", "resolved", "reopened"]
steps = st.lists(st.tuples(st.integers(0, 400), st.sampled_from([*KINDS, *PRIORITIES])), max_size=8)


def ticket(priority: str) -> Ticket:
    return Ticket(
        UUID(int=4),
        "OPS-1",
        "It hangs",
        "incident",
        priority,
        UUID(int=3),
        "acme",
        None,
        None,
        OPENED,
    )


def simulate_ticket(happened: list[tuple[int, str]]) -> tuple[TicketClock, list[Input], datetime]:
    """A clock after these minutes and things, with its timers fired when due; all that it heard."""
    terms = AGREEMENT.terms_for("resolution", "major", "incident")
    inputs = [Input(1, "opened", OPENED, OPENED, terms)]
    ticket_clock, at = (
        new_clock(UUID(int=5), ticket("major"), "resolution", inputs[0], TABLES),
        OPENED,
    )
    for minutes, what in happened:
        at += minutes * MINUTE
        ticket_clock = _apply_change(ticket_clock, fire_due(ticket_clock, at, TABLES), inputs)
        if what in PRIORITIES:
            terms = AGREEMENT.terms_for("resolution", what, "incident")
            input = Input(0, "target_changed", at, at, terms)
        else:
            input = Input(0, cast("InputKind", what), at, at)
        ticket_clock = _apply_change(ticket_clock, apply_input(ticket_clock, input, TABLES), inputs)
    priority = next((what for _, what in reversed(happened) if what in PRIORITIES), "major")
    at += 600 * MINUTE + timedelta(seconds=1)
    ticket_clock = _apply_change(ticket_clock, fire_due(ticket_clock, at, TABLES), inputs)
    clock, ordinal = ticket_clock.clock, ticket_clock.ordinal
    return TicketClock(ticket_clock.id, ticket(priority), clock, ordinal, 0), inputs, at


def _apply_change(before: TicketClock, change: Change, inputs: list[Input]) -> TicketClock:
    inputs.extend(one for one, _ in change.steps)
    return TicketClock(before.id, before.ticket, change.clock, change.ordinal, 0)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_the_same_agreement_gives_the_same_outcome(happened: list[tuple[int, str]]) -> None:
    tracked, inputs, at = simulate_ticket(happened)
    tried = what_if(tracked, inputs, (AGREEMENT, AGREEMENT), at, TABLES)
    assert not tried.outcome_changed
    assert not tried.deadline_changed
    assert not tried.breaches_immediately

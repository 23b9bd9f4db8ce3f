"""The workaround metric, from the events of intake (C1)."""

from uuid import UUID

import pytest

from common.events.tickets import (
    TicketEvent,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketWorkaroundProvided,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.clocks.domain.clock import Clock
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of, event_types
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

MESSAGE = UUID(int=7)


def workaround_event(hours: float) -> TicketWorkaroundProvided:
    return ticket_event(TicketWorkaroundProvided, 1, NINE + hours * HOUR, message_id=MESSAGE)


async def workaround_clock_after(database: Database, *events: TicketEvent) -> Clock:
    """The `workaround` clock after ticket 1 was opened at nine and these things happened to it."""
    await promise(database, metrics=("workaround", "resolution"))
    numbered = enumerate([ticket_opened(1), *events], start=1)
    await deliver(database, HANDLERS, *((event, number) for number, event in numbered))
    await assert_consistent(database)
    return (await clocks_of(database, 1))["workaround"].clock


async def test_a_workaround_meets_it_and_the_resolution_runs_on(database: Database) -> None:
    clock = await workaround_clock_after(database, workaround_event(3))
    assert (clock.state, clock.outcome, clock.stopped_at) == ("stopped", "met", NINE + 3 * HOUR)
    ours = (await clocks_of(database, 1))["resolution"].clock
    assert (ours.state, ours.deadline) == ("running", NINE + 8 * HOUR)
    assert event_types(await outbox_events(database), "workaround") == ["started", "met"]


async def test_a_mere_reply_is_no_workaround(database: Database) -> None:
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=MESSAGE)
    assert (await workaround_clock_after(database, reply)).state == "running"


@pytest.mark.parametrize("first", [True, False])
async def test_a_resolution_ends_it_and_after_a_workaround_it_stays_ended(
    database: Database, first: bool
) -> None:
    """What was solved needs no way around; opened again, it needs one where there was none."""
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR)
    back = ticket_event(TicketReopened, 1, NINE + 4 * HOUR)
    clock = await workaround_clock_after(
        database, *([workaround_event(1)] if first else []), solved, back
    )
    assert clock.state == ("stopped" if first else "running")
    assert clock.counted == (HOUR if first else 2 * HOUR)


async def test_without_one_it_breaks_on_its_own(database: Database) -> None:
    """C5, C8; a workaround afterwards comes too late"""
    await workaround_clock_after(database)
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    await deliver(database, HANDLERS, (workaround_event(9), 2))
    clock = (await clocks_of(database, 1))["workaround"].clock
    assert (clock.breached_at, clock.outcome) == (NINE + 8 * HOUR, "breached")
    kinds = event_types(await outbox_events(database), "workaround")
    assert kinds == [
        "started",
        "threshold_reached",
        "threshold_reached",
        "threshold_reached",
        "breached",
        "missed",
    ]
    await assert_consistent(database)

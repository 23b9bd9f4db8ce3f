"""The update metric, from the events of intake (C1, C2)."""

from datetime import timedelta
from uuid import UUID

from common.events.tickets import (
    TicketCustomerReplied,
    TicketOnHold,
    TicketReopened,
    TicketReplied,
    TicketResolved,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.clocks.domain.clock import Clock
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of, event_types
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

MESSAGE = UUID(int=7)


def reply_event(hours: float, *, automatic: bool = False) -> TicketReplied:
    at = NINE + hours * HOUR
    return ticket_event(TicketReplied, 1, at, message_id=MESSAGE, automatic=automatic)


async def update_clock(database: Database) -> Clock:
    return (await clocks_of(database, 1))["update"].clock


async def test_each_public_reply_begins_the_next_cycle(database: Database) -> None:
    """C1: a major ticket wants news every eight hours; an automatic word is none"""
    await promise(database, metrics=("update",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (reply_event(1, automatic=True), 2))
    assert (await update_clock(database)).deadline == NINE + 8 * HOUR
    await deliver(database, HANDLERS, (reply_event(3), 3))
    clock = await update_clock(database)
    assert (clock.state, clock.counted, clock.worst) == ("running", timedelta(0), 3 * HOUR)
    assert clock.deadline == NINE + 24 * HOUR + 2 * HOUR
    await assert_consistent(database)


async def test_silence_breaks_it_once_and_the_next_news_do_not_mend_that(
    database: Database,
) -> None:
    """C1: every cycle counts"""
    await promise(database, metrics=("update",))
    await deliver(database, HANDLERS, (ticket_opened(1, priority="critical"), 1))
    await freeze_time(database, NINE + 5 * HOUR)
    await fire_due(database, TIMERS)
    assert (await update_clock(database)).breached_at == NINE + 4 * HOUR
    late = ticket_event(TicketReplied, 1, NINE + 5 * HOUR, message_id=MESSAGE, priority="critical")
    solved = ticket_event(TicketResolved, 1, NINE + 6 * HOUR, priority="critical")
    await deliver(database, HANDLERS, (late, 2), (solved, 3))
    clock = await update_clock(database)
    assert (clock.state, clock.outcome, clock.worst) == ("stopped", "breached", 5 * HOUR)
    assert event_types(await outbox_events(database), "update").count("breached") == 1
    await assert_consistent(database)


async def test_no_news_are_owed_while_the_customer_is_waited_for(database: Database) -> None:
    """C2"""
    await promise(database, metrics=("update",))
    waiting = ticket_event(TicketOnHold, 1, NINE + 2 * HOUR, waiting_on="customer")
    answer = ticket_event(TicketCustomerReplied, 1, NINE + 5 * HOUR, message_id=MESSAGE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (waiting, 2))
    assert (await update_clock(database)).state == "paused"
    await deliver(database, HANDLERS, (answer, 3))
    clock = await update_clock(database)
    assert (clock.counted, clock.paused) == (2 * HOUR, 3 * HOUR)
    assert clock.deadline == NINE + 24 * HOUR + 2 * HOUR
    await assert_consistent(database)


async def test_a_reopened_ticket_owes_news_again_from_zero(database: Database) -> None:
    """C1"""
    await promise(database, metrics=("update",))
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR)
    back = ticket_event(TicketReopened, 1, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (solved, 2))
    assert (await update_clock(database)).outcome == "met"
    await deliver(database, HANDLERS, (back, 3))
    clock = await update_clock(database)
    assert (clock.state, clock.counted) == ("running", timedelta(0))
    assert clock.deadline == NINE + 24 * HOUR + 3 * HOUR
    assert event_types(await outbox_events(database), "update") == ["started", "met", "resumed"]
    await assert_consistent(database)

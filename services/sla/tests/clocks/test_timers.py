"""Firings: once, never early, and withdrawn where they fired without events."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import text

from common.events.tickets import TicketOnHold, TicketReplied, TicketResolved
from common.persistence.database import Database
from common.scheduling import event_waits
from common.scheduling.deadline_scheduler import DeadlineScheduler
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.clocks.store import inputs
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, event_types, resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

MINUTE = timedelta(minutes=1)


async def test_warnings_and_breach_fire_in_order_and_once(database: Database) -> None:
    """C7, C8"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    for hours in (4, 4, 6, 7.2, 7.99, 8, 8, 9):
        await freeze_time(database, NINE + hours * HOUR)
        await fire_due(database, TIMERS)
    news = [one for one in await outbox_events(database) if one.body["metric"] == "resolution"]
    assert event_types(news, "resolution") == [
        "started",
        "threshold_reached",
        "threshold_reached",
        "threshold_reached",
        "breached",
    ]
    assert [one.body.get("threshold") for one in news[1:4]] == [0.5, 0.75, 0.9]
    assert news[-1].body["due_at"] == news[-1].body["fired_at"] == "2026-06-01T15:00:00Z"
    assert (await resolution_clock(database)).clock.outcome == "breached"
    await assert_consistent(database)


async def test_nothing_fires_a_microsecond_early(database: Database) -> None:
    """C8"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + HOUR - timedelta(microseconds=1))
    await fire_due(database, TIMERS)
    assert event_types(await outbox_events(database), "first_response") == ["started"]


async def test_after_a_down_time_everything_overdue_fires_once_with_its_lag(
    database: Database,
) -> None:
    """C8"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 24 * HOUR)
    await fire_due(database, TIMERS)
    await fire_due(database, TIMERS)
    kinds = event_types(await outbox_events(database), "resolution")
    assert kinds == [
        "started",
        "threshold_reached",
        "threshold_reached",
        "threshold_reached",
        "breached",
    ]
    async with database.transaction() as tx:
        stored_inputs = await inputs.list_by_clock(tx, (await resolution_clock(database)).id)
        lag = stored_inputs[-1].input.known_at - stored_inputs[-1].input.at
        assert lag == 16 * HOUR
        assert await tx.scalar(text("SELECT count(*) FROM deadlines WHERE kind = 'clock'")) == 0
    await assert_consistent(database)


async def test_a_stopped_or_paused_clock_does_not_fire(database: Database) -> None:
    """C5"""
    await promise(database)
    waiting = ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer")
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=ticket_opened(1).ticket_id)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (reply, 2), (waiting, 3))
    await freeze_time(database, NINE + 100 * HOUR)
    await fire_due(database, TIMERS)
    assert event_types(await outbox_events(database), "resolution") == ["started", "paused"]


async def test_two_timekeepers_fire_each_deadline_once(database: Database) -> None:
    """C8"""
    await promise(database)
    await deliver(database, HANDLERS, *((ticket_opened(number), 1) for number in range(1, 41)))
    await freeze_time(database, NINE + 4 * HOUR)

    async def keep() -> None:
        keeper = DeadlineScheduler(database, TIMERS)
        for _ in range(40):
            if not (await keeper.fire_due()).has_more:
                await asyncio.sleep(0)

    await asyncio.gather(keep(), keep())
    await fire_due(database, TIMERS)
    kinds = event_types(await outbox_events(database), "first_response")
    assert (kinds.count("breached"), kinds.count("threshold_reached")) == (40, 120)
    await assert_consistent(database)


async def test_a_resolution_heard_after_the_breach_takes_it_back(database: Database) -> None:
    """architecture, 6; the replay knows both"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 8 * HOUR + MINUTE)
    await fire_due(database, TIMERS)
    assert (await resolution_clock(database)).clock.outcome == "breached"
    solved = ticket_event(TicketResolved, 1, NINE + 8 * HOUR)
    await freeze_time(database, NINE + 8 * HOUR + 2 * MINUTE)
    await deliver(database, HANDLERS, (solved, 2))
    assert (await resolution_clock(database)).clock.outcome == "met"
    kinds = event_types(await outbox_events(database), "resolution")
    assert kinds[-3:] == ["breached", "breach_withdrawn", "met"]
    await assert_consistent(database)


async def test_a_late_stop_heard_before_the_timer_is_a_breach(database: Database) -> None:
    """C5: the timers were down; the event that stops the clock lets the breach fire first"""
    await promise(database)
    await freeze_time(database, NINE + 9 * HOUR)
    solved = ticket_event(TicketResolved, 1, NINE + 8 * HOUR + MINUTE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (solved, 2))
    await fire_due(database, TIMERS)
    kinds = event_types(await outbox_events(database), "resolution")
    assert kinds == [
        "started",
        "threshold_reached",
        "threshold_reached",
        "threshold_reached",
        "breached",
        "missed",
    ]
    clock = (await resolution_clock(database)).clock
    assert (clock.outcome, clock.counted) == ("breached", 8 * HOUR)
    await assert_consistent(database)


async def test_a_timer_waits_for_what_is_unheard_and_then_fires_blind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """architecture, 6"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 2 * HOUR)
    assert await fire_due(database, TIMERS, is_behind=lambda *_: True) == 0
    monkeypatch.setattr(event_waits, "CONSUMER_TIMEOUT_S", 0.0)
    await fire_due(database, TIMERS, is_behind=lambda *_: True)
    warned = [
        one
        for one in await outbox_events(database)
        if one.type.endswith(("threshold_reached.v1", "breached.v1"))
    ]
    assert warned
    assert all(one.body["fired_without_events"] for one in warned)
    async with database.transaction() as tx:
        stored = await tx.scalar(
            text("SELECT count(*) FROM clock_inputs WHERE fired_without_events")
        )
    assert stored == len(warned)
    await assert_consistent(database)


async def test_only_clocks_whose_partition_is_behind_wait_for_it(database: Database) -> None:
    """The others fire on time, and not as if events were missing."""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await freeze_time(database, NINE + HOUR)
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT id, ticket_id FROM clocks ORDER BY id"))
        tickets = {row.id: str(row.ticket_id) for row in rows}
    held_back = min(tickets.values())

    def is_behind(key: str | None = None, topics: Collection[str] | None = None) -> bool:
        assert topics in (None, {"opsdesk.tickets"})
        return key in (None, held_back)

    await fire_due(database, TIMERS, is_behind)
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT subject, fired_without_events FROM firings WHERE kind = 'clock'")
        )
        fired = [(tickets[row.subject], row.fired_without_events) for row in rows]
    assert fired
    assert {ticket for ticket, _ in fired} == set(tickets.values()) - {held_back}
    assert not any(without_events for _, without_events in fired)

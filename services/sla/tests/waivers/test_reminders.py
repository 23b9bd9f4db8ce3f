"""The general manager is notified at once, and reminded until somebody has decided (R2, R3)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from common.events.tickets import TicketOnHold, TicketResumed
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla.waivers.domain.reminders import LAST_REMINDER_LEAD_TIME, is_due, next_at, reminder_times
from sla.waivers.domain.waiver import Waiver
from sla_support.assertions import assert_consistent
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.waivers import request_for_clock, request_for_period, waiver_event_types

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def fire_at(database: Database, hours: float) -> None:
    await freeze_time(database, NINE + hours * HOUR)
    await fire_due(database, TIMERS)


async def test_at_half_at_three_quarters_and_shortly_before(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R3: with the time that is left"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_clock(database, theo)
    for hours in (3.99, 4, 4, 6, 7.5, 7.75, 7.99):
        await fire_at(database, hours)
    reminded = [
        one.body for one in await outbox_events(database) if "decision_reminder" in one.type
    ]
    assert [one["remaining_seconds"] for one in reminded] == [4 * 3600, 2 * 3600, 900]
    assert {one["deadline"] for one in reminded} == {"2026-06-01T15:00:00Z"}
    assert {one["ticket"] for one in reminded} == {"OPS-1"}
    await gina.post(address + "/refuse")
    await fire_at(database, 8)
    assert await waiver_event_types(database) == [
        "requested",
        *["decision_reminder"] * 3,
        "refused",
    ]
    await assert_consistent(database)


async def test_after_a_down_time_there_is_one_reminder(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await request_for_clock(database, theo)
    await fire_at(database, 7.9)
    await fire_at(database, 7.95)
    assert await waiver_event_types(database) == ["requested", "decision_reminder"]


async def test_reminders_move_with_the_deadline(database: Database, theo: AsyncClient) -> None:
    """A paused clock breaks at no known time; resumed, the shares are of the new deadline."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await request_for_clock(database, theo, hours=24 * 7)
    waiting = ticket_event(TicketOnHold, 1, NINE + HOUR, waiting_on="customer")
    await freeze_time(database, NINE + HOUR)
    await deliver(database, HANDLERS, (waiting, 2))
    await fire_at(database, 5)
    assert await waiver_event_types(database) == ["requested"]
    await deliver(database, HANDLERS, (ticket_event(TicketResumed, 1, NINE + 5 * HOUR), 3))
    # Due on Tuesday at 12:00 in Amsterdam now, 27 hours after the request.
    await fire_at(database, 13.49)
    assert await waiver_event_types(database) == ["requested"]
    await fire_at(database, 13.5)
    (reminded,) = [
        one.body for one in await outbox_events(database) if "decision_reminder" in one.type
    ]
    assert reminded["deadline"] == "2026-06-02T10:00:00Z"


async def test_a_period_is_due_before_its_first_breach(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_period(theo, NINE, NINE + 20 * HOUR)
    await request_for_period(theo, NINE + 20 * HOUR, NINE + 48 * HOUR)
    requested_events = [
        one.body for one in await outbox_events(database) if "requested" in one.type
    ]
    assert [one["deadline"] for one in requested_events] == [
        "2026-06-01T15:00:00Z",
        "2026-06-02T03:00:00Z",
    ]
    assert requested_events[0]["ticket"] is None
    await fire_at(database, 4)
    (reminded,) = [
        one.body for one in await outbox_events(database) if "decision_reminder" in one.type
    ]
    assert (reminded["remaining_seconds"], reminded["customer"]) == (4 * 3600, "acme")
    await gina.post(address + "/approve")
    await fire_at(database, 7)
    assert (await waiver_event_types(database)).count("decision_reminder") == 1
    await fire_at(database, 48)
    assert (await theo.get(address)).json()["state"] == "expired"
    expired = [
        one.body["decided"] for one in await outbox_events(database) if "expired" in one.type
    ]
    assert sorted(expired) == [False, True]
    await assert_consistent(database)


async def test_who_asked_withdraws_and_nobody_is_reminded(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_clock(database, theo)
    body = {"reason": "It was solved"}
    denied = await gina.post(address + "/withdraw", json=body)
    assert (denied.status_code, denied.json()["code"]) == (403, "NOT_THE_REQUESTER")
    assert (await theo.post(address + "/withdraw", json=body)).json()["state"] == "withdrawn"
    assert (await gina.post(address + "/approve")).status_code == 409
    await fire_at(database, 7.9)
    assert await waiver_event_types(database) == ["requested", "withdrawn"]


async def test_a_revoked_waiver_of_a_clock_covers_nothing_that_breaks_later(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C9: the clock hears of it, and replays"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_clock(database, theo)
    await gina.post(address + "/approve")
    body = {"reason": "The supplier is up"}
    assert (await theo.post(address + "/revoke", json=body)).status_code == 403
    assert (await gina.post(address + "/revoke", json=body)).json()["state"] == "revoked"
    await fire_at(database, 8)
    (breached,) = [one.body for one in await outbox_events(database) if ".breached." in one.type]
    assert breached["approved"] is False
    await assert_consistent(database)


@given(
    left=st.timedeltas(timedelta(seconds=1), timedelta(days=30)),
    moves=st.lists(st.timedeltas(timedelta(0), timedelta(days=5)), max_size=12),
)
def test_reminders_come_in_order_before_the_deadline_and_end(
    left: timedelta, moves: list[timedelta]
) -> None:
    deadline = NOON + left
    planned = reminder_times(NOON, deadline)
    assert planned == sorted(set(planned))
    assert all(NOON < one < deadline for one in planned)
    assert planned[-1] >= deadline - max(LAST_REMINDER_LEAD_TIME, left / 4)
    waiver = _requested_waiver(deadline + HOUR)
    now, sent = NOON, 0
    for move in moves:
        now += move
        if is_due(waiver, deadline, now):
            sent += 1
            waiver = _requested_waiver(deadline + HOUR, reminded_at=now)
        assert not is_due(waiver, deadline, now)
        following = next_at(waiver, deadline)
        assert following is not None
        assert following > now or following == waiver.covers_until
    assert sent <= len(planned)


def _requested_waiver(expires_at: datetime, reminded_at: datetime | None = None) -> Waiver:
    return Waiver(
        id=UUID(int=5),
        key="WVR-5",
        clock_id=UUID(int=2),
        reason="The supplier is down",
        requested_by="theo",
        requested_at=NOON,
        expires_at=expires_at,
        reminded_at=reminded_at,
    )

"""What only the version promises to which open tickets are moved is measured from now on (C6)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import text

from common.events.tickets import TicketOnHold, TicketReplied, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of, event_types
from sla_support.company import AMSTERDAM, HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.publication import publish_draft
from sla_support.reclassifications import BILLING, ticket_reclassified

MESSAGE = UUID(int=7)


def next_version_body(**seconds: int) -> dict[str, Any]:
    targets = [
        {"metric": metric, "priority": "major", "target_seconds": within}
        for metric, within in seconds.items()
    ]
    own = {"key": "acme-standard", "customer": "acme", "calendar": AMSTERDAM}
    return own | {"targets": targets, "valid_from": NINE.isoformat()}


async def move_clocks(
    database: Database, theo: AsyncClient, gina: AsyncClient, hours: float, **seconds: int
) -> str:
    """The address of the version to which all open clocks were moved so many hours after nine."""
    await freeze_time(database, NINE + hours * HOUR)
    made = await theo.post("/v1/agreements", json=next_version_body(**seconds))
    assert made.status_code == 201, made.text
    address: str = made.headers["Location"]
    await publish_draft(theo, gina, address)
    asked = await theo.post(address + "/move-open-clocks", json={"reason": "As agreed"})
    assert asked.status_code == 202, asked.text
    await fire_due(database, TIMERS)
    await freeze_time(database, NINE + hours * HOUR + timedelta(minutes=2))
    await fire_due(database, TIMERS)
    return address


async def test_a_newly_promised_metric_counts_from_the_opening(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """By what was heard before; where its time is over already, it breaches at the move."""
    await promise(database, metrics=("resolution",))
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=MESSAGE)
    waiting = ticket_event(TicketOnHold, 2, NINE + HOUR, waiting_on="customer")
    await deliver(
        database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (reply, 2), (waiting, 2)
    )
    await move_clocks(
        database, theo, gina, 3, update=3600, workaround=8 * 3600, resolution=8 * 3600
    )
    ours, waits = await clocks_of(database, 1), await clocks_of(database, 2)
    update = ours["update"].clock
    assert (update.deadline, update.breached_at) == (NINE + 2 * HOUR, NINE + 3 * HOUR)
    assert (update.breach_reason, update.worst) == ("agreement_moved", HOUR)
    assert ours["workaround"].clock.deadline == NINE + 8 * HOUR
    assert (waits["update"].clock.state, waits["update"].clock.counted) == ("paused", HOUR)
    assert event_types(await outbox_events(database), "workaround") == ["started", "started"]
    (change,) = (await theo.get("/v1/agreements/acme-standard/changes")).json()["items"]
    assert (change["changed"], bool(change["done_at"])) == (2 + 4, True)
    await assert_consistent(database)


async def test_results_stay_and_what_was_over_is_not_measured_afterwards(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """0601: a response that was given, a ticket that was resolved"""
    await promise(database, metrics=("resolution",))
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=MESSAGE)
    solved = ticket_event(TicketResolved, 2, NINE + HOUR)
    await deliver(
        database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (reply, 2), (solved, 2)
    )
    before = await clocks_of(database, 2)
    await move_clocks(database, theo, gina, 3, first_response=60, update=60, resolution=8 * 3600)
    assert set(await clocks_of(database, 1)) == {"update", "resolution"}
    assert await clocks_of(database, 2) == before
    await assert_consistent(database)


async def test_an_open_ticket_whose_only_clock_has_stopped_is_moved_too(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """What was measured of it is a result; what is promised from now on is not."""
    await promise(database, metrics=("first_response",))
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=MESSAGE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (reply, 2))
    before = (await clocks_of(database, 1))["first_response"].clock
    address = await move_clocks(database, theo, gina, 3, first_response=60, resolution=8 * 3600)
    found = await clocks_of(database, 1)
    assert found["first_response"].clock == before
    assert found["resolution"].clock.deadline == NINE + 8 * HOUR
    assert str(found["resolution"].ticket.agreement_version) in address
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM bulk_update_items")) == 0
    await assert_consistent(database)


async def test_a_correction_leaves_moved_clocks_at_their_version(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """0692: where one agreement is about both services, nobody moves them back to the opening's"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1))
    address = await move_clocks(database, theo, gina, 1, resolution=7 * 3600)
    await deliver(database, HANDLERS, (ticket_reclassified(2, service="portal"), 2))
    tracked = (await clocks_of(database, 1))["resolution"]
    assert tracked.ticket.service == "portal"
    assert str(tracked.ticket.agreement_version) in address
    assert tracked.clock.deadline == NINE + 7 * HOUR
    await assert_consistent(database)

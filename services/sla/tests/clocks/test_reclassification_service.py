"""What a new service of a ticket does to its clocks, with committed transactions (C6)."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from common.events.tickets import TicketOnHold, TicketPrioritised, TicketReplied, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, clocks_of, event_types, resolution_clock
from sla_support.company import HOUR, NINE, also_promise, promise, ticket_event, ticket_opened
from sla_support.reclassifications import BILLING, portal_agreement, ticket_reclassified

MESSAGE = UUID(int=7)


async def test_another_service_comes_under_its_own_agreement(database: Database) -> None:
    """C6, A5: the most specific one that held when the ticket was opened"""
    under = await promise(database, metrics=("resolution",))
    early = await portal_agreement(database, under, "resolution", hours=3, valid_until=NINE + HOUR)
    later: dict[str, Any] = {"version": 2, "valid_from": NINE + HOUR, "key": "acme-portal-late"}
    await also_promise(database, early, **later | {"valid_until": None})
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, **BILLING), 1),
        (ticket_reclassified(2, service="portal"), 2),
    )
    tracked = await resolution_clock(database)
    assert tracked.ticket.agreement_version == early.id
    assert (tracked.ticket.service, tracked.clock.deadline) == ("portal", NINE + 3 * HOUR)
    assert (await outbox_events(database))[-1].body["agreement"] == "acme-portal"
    await assert_consistent(database)


async def test_what_is_promised_newly_is_measured_from_the_opening(database: Database) -> None:
    """C6: by all that was heard before, the reply, the question and the waiting"""
    under = await promise(database, metrics=("resolution",))
    await portal_agreement(database, under, "first_response", "update", "resolution")
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=MESSAGE)
    waiting = ticket_event(TicketOnHold, 1, NINE + 2 * HOUR, waiting_on="customer")
    await freeze_time(database, NINE + 5 * HOUR)
    events = (ticket_opened(1, **BILLING), reply, waiting, ticket_reclassified(5, service="portal"))
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    found = await clocks_of(database, 1)
    response, update = found["first_response"].clock, found["update"].clock
    assert (response.opened_at, response.stopped_at) == (NINE, NINE + HOUR)
    assert response.outcome == "met"
    assert (update.state, update.counted, update.paused) == ("paused", HOUR, 3 * HOUR)
    assert (update.worst, found["resolution"].clock.counted) == (HOUR, 2 * HOUR)
    assert event_types(await outbox_events(database), "update") == ["started"]
    await assert_consistent(database)


@pytest.mark.parametrize("answered", [True, False])
async def test_what_came_too_late_for_what_it_is_breaches_at_the_correction(
    database: Database, answered: bool
) -> None:
    """C5, C6, R1: calling it something else until it was answered would hide the breach"""
    under = await promise(database, metrics=("resolution",))
    await portal_agreement(database, under, "first_response", hours=2)
    reply = ticket_event(TicketReplied, 1, NINE + 3 * HOUR, message_id=MESSAGE, **BILLING)
    await freeze_time(database, NINE + 4 * HOUR)
    before = [reply] if answered else []
    events = [ticket_opened(1, **BILLING), *before, ticket_reclassified(4, service="portal")]
    await deliver(database, HANDLERS, *((event, n) for n, event in enumerate(events, start=1)))
    await fire_due(database, TIMERS)
    clock = (await clocks_of(database, 1))["first_response"].clock
    assert (clock.deadline, clock.breached_at) == (NINE + 2 * HOUR, NINE + 4 * HOUR)
    assert (clock.breach_reason, clock.outcome) == ("reclassified", "breached")
    assert clock.state == ("stopped" if answered else "running")
    breached = [
        one.body for one in await outbox_events(database) if one.type.endswith("breached.v1")
    ]
    assert [(one["metric"], one["reason"]) for one in breached] == [
        ("first_response", "reclassified")
    ]
    await assert_consistent(database)


async def test_what_the_service_does_not_promise_is_withdrawn(database: Database) -> None:
    """C6: and is nothing to a later priority, until the ticket is corrected back"""
    under = await promise(database, metrics=("resolution",), services=("billing",))
    gone = ticket_reclassified(1, service="portal")
    raised = ticket_event(
        TicketPrioritised,
        1,
        NINE + 2 * HOUR,
        priority="blocker",
        previous="major",
        service="portal",
    )
    solved = ticket_event(TicketResolved, 1, NINE + 3 * HOUR, priority="blocker", service="portal")
    back = ticket_reclassified(4, priority="blocker", previous_service="portal")
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1), (gone, 2))
    tracked = await resolution_clock(database)
    assert (tracked.clock.state, tracked.ticket.agreement_version) == ("no_target", None)
    await deliver(database, HANDLERS, (raised, 3))
    assert (await resolution_clock(database)).clock.state == "no_target"
    await deliver(database, HANDLERS, (solved, 4), (back, 5))
    tracked = await resolution_clock(database)
    assert tracked.ticket.agreement_version == under.id
    assert (tracked.clock.terms.target, tracked.clock.counted) == (2 * HOUR, 3 * HOUR)
    assert event_types(await outbox_events(database), "resolution")[:2] == ["started", "cancelled"]
    await assert_consistent(database)


async def test_a_ticket_that_nobody_promised_anything_gets_its_clocks(database: Database) -> None:
    """C6: of an unknown service it had none"""
    under = await promise(database, metrics=("resolution",), services=("portal",))
    await deliver(database, HANDLERS, (ticket_opened(1, service="whatever"), 1))
    assert await clocks_of(database, 1) == {}
    reclassified = ticket_reclassified(2, service="portal", previous_service="whatever")
    await deliver(database, HANDLERS, (reclassified, 2))
    tracked = await resolution_clock(database)
    assert (tracked.clock.deadline, tracked.clock.counted) == (NINE + 8 * HOUR, 2 * HOUR)
    assert tracked.ticket.agreement_version == under.id
    await assert_consistent(database)


async def test_a_deactivated_agreement_takes_nothing_in(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C10: its clocks were cancelled, and none begins under it afterwards"""
    under = await promise(database, metrics=("resolution",))
    await portal_agreement(database, under, "resolution", "update", hours=1)
    await deliver(database, HANDLERS, (ticket_opened(1, **BILLING), 1))
    address = "/v1/agreements/acme-portal/termination"
    await theo.post(address, json={"reason": "They have left us"})
    assert (await gina.post(address + "/confirm")).status_code == 200
    await deliver(database, HANDLERS, (ticket_reclassified(2, service="portal"), 2))
    found = await clocks_of(database, 1)
    assert set(found) == {"resolution"}
    assert found["resolution"].ticket.agreement_version == under.id
    await assert_consistent(database)

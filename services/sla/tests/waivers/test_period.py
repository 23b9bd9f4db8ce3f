"""Waivers over a period cover breaches in it, also of clocks that start later (C11)."""

from datetime import timedelta
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.events.tickets import TicketReplied
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.replay import find_differences
from sla.clocks.store import clocks
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock, violation_pointers
from sla_support.company import (
    BRIGHTWATER,
    HOUR,
    NINE,
    add_services,
    announce_customers,
    promise,
    ticket_event,
    ticket_opened,
)
from sla_support.waivers import REASON, request_for_period, waiver_event_types

MINUTE = timedelta(minutes=1)
BREAKS = NINE + 8 * HOUR


async def outcomes(database: Database, *numbers: int) -> list[str | None]:
    return [(await resolution_clock(database, number)).clock.outcome for number in numbers]


async def fire_at(database: Database, until: float) -> None:
    await freeze_time(database, NINE + until * HOUR)
    await fire_due(database, TIMERS)


async def test_open_clocks_and_later_ones_are_covered_of_that_service_alone(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C9, C11: and replay gives the same"""
    await promise(database, metrics=("resolution",))
    await deliver(
        database, HANDLERS, (ticket_opened(1, service="billing"), 1), (ticket_opened(2), 1)
    )
    day = (NINE, NINE + 24 * HOUR)
    address = await request_for_period(theo, *day, service="billing")
    assert (await gina.post(address + "/approve")).json()["late"] is False
    later = ticket_opened(3, NINE, service="billing", priority="minor")
    await deliver(database, HANDLERS, (later, 1), (ticket_opened(4, service="portal"), 1))
    await fire_at(database, 24 + 16)
    assert await outcomes(database, 1, 2, 3, 4) == ["waived", "breached", "breached", "breached"]
    breaches = {
        one.body["ticket"]: one.body
        for one in await outbox_events(database)
        if ".breached." in one.type
    }
    assert (breaches["OPS-1"]["approved"], breaches["OPS-2"]["approved"]) == (True, False)
    assert breaches["OPS-1"]["waiver_id"] == address.rpartition("/")[2]
    report = (await theo.get("/v1/reports/customer-compliance")).json()
    assert (report["breached"], report["waived"], report["adjusted"]) == (3, 1, 0.25)
    await assert_consistent(database)
    clock = (await resolution_clock(database)).id
    replay = (await theo.post(f"/v1/clocks/{clock}/replay", json={})).json()
    assert (replay["identical"], replay["outcome"]) == (True, "waived")
    before = {"as_known_at": (BREAKS - MINUTE).isoformat()}
    assert (await theo.post(f"/v1/clocks/{clock}/replay", json=before)).json()["outcome"] is None


async def test_a_breach_counts_by_where_it_falls_in_the_period(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C11: the start is in it, the end is not; approved at the very instant is too late"""
    await promise(database, metrics=("resolution",))
    await add_services(database, "s1", "s2", "s3", "s4")
    for number, starts_at, ends_at in (
        (1, BREAKS, BREAKS + MINUTE),
        (2, BREAKS + MINUTE, BREAKS + HOUR),
        (3, NINE, BREAKS),
    ):
        await deliver(database, HANDLERS, (ticket_opened(number, service=f"s{number}"), 1))
        address = await request_for_period(theo, starts_at, ends_at, service=f"s{number}")
        assert (await gina.post(address + "/approve")).status_code == 200
    await deliver(database, HANDLERS, (ticket_opened(4, service="s4"), 1))
    last = await request_for_period(theo, NINE, BREAKS + 24 * HOUR, service="s4")
    await freeze_time(database, BREAKS)
    approved = (await gina.post(last + "/approve")).json()
    assert (approved["state"], approved["late"]) == ("approved", False)
    await fire_due(database, TIMERS)
    assert await outcomes(database, 1, 2, 3, 4) == ["waived", "breached", "breached", "breached"]
    await assert_consistent(database)


async def test_after_the_period_an_approval_is_late_and_kept(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C11"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_period(theo, NINE, BREAKS + MINUTE)
    await fire_at(database, 9)
    assert (await theo.get(address)).json()["state"] == "expired"
    approved = (await gina.post(address + "/approve")).json()
    assert (approved["state"], approved["late"], approved["decided_by"]) == (
        "approved",
        True,
        "gina",
    )
    assert await outcomes(database, 1) == ["breached"]
    assert (await waiver_event_types(database))[-2:] == ["expired", "period_approved"]


async def test_what_breaks_after_a_revocation_is_not_covered_what_broke_before_is(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(
        database, HANDLERS, (ticket_opened(1, priority="blocker"), 1), (ticket_opened(2), 1)
    )
    address = await request_for_period(theo, NINE, NINE + 24 * HOUR)
    await gina.post(address + "/approve")
    # Fired late, and after the revocation: what counts is when it broke.
    await freeze_time(database, NINE + 3 * HOUR)
    revoked = await gina.post(address + "/revoke", json={"reason": "It is up again"})
    assert (revoked.json()["state"], revoked.json()["ended_by"]) == ("revoked", "gina")
    await fire_at(database, 9)
    assert await outcomes(database, 1, 2) == ["waived", "breached"]
    again = await gina.post(address + "/revoke", json={"reason": "Twice"})
    assert again.status_code == 409
    await assert_consistent(database)


async def test_one_excuse_does_not_cover_the_breach_of_another_cycle(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C1, C11: the second news is owed, too"""

    await promise(database, metrics=("update",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    address = await request_for_period(theo, NINE, BREAKS + MINUTE)
    await gina.post(address + "/approve")
    await fire_at(database, 24)
    updated = await _load_clock(database)
    assert updated.clock.outcome == "waived"
    reply = ticket_event(TicketReplied, 1, NINE + 24 * HOUR, message_id=UUID(int=7))
    await deliver(database, HANDLERS, (reply, 2))
    assert (await _load_clock(database)).clock.outcome == "waived"
    await fire_at(database, 24 + 9)
    assert (await _load_clock(database)).clock.outcome == "breached"
    approvals = [
        one.body["approved"] for one in await outbox_events(database) if ".breached." in one.type
    ]
    assert approvals == [True, False]
    await assert_consistent(database)


async def _load_clock(database: Database) -> TicketClock:
    async with database.transaction() as tx:
        (tracked,) = await clocks.list_by_ticket(tx, UUID(int=1))
    return tracked


async def test_what_a_period_waiver_cannot_be(database: Database, theo: AsyncClient) -> None:
    await promise(database)
    good = {
        "customer": "acme",
        "starts_at": NINE.isoformat(),
        "ends_at": (NINE + HOUR).isoformat(),
        "reason": REASON,
    }
    past, far = (NINE - HOUR).isoformat(), (NINE + 24 * 400 * HOUR).isoformat()
    for change, pointer in (
        ({"customer": "nobody"}, "/customer"),
        ({"customer": None}, "/clock_id"),
        ({"ends_at": None}, "/clock_id"),
        ({"ends_at": good["starts_at"]}, "/ends_at"),
        ({"starts_at": past, "ends_at": NINE.isoformat()}, "/ends_at"),
        ({"ends_at": far}, "/ends_at"),
        ({"expires_at": past}, "/expires_at"),
        ({"clock_id": str(UUID(int=1))}, "/clock_id"),
    ):
        assert violation_pointers(await theo.post("/v1/waivers", json=good | change)) == [pointer]
    assert (await theo.get("/v1/waivers")).json()["items"] == []


async def test_waivers_are_listed_by_state_customer_and_clock(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    await deliver(
        database, HANDLERS, (ticket_opened(1, service="billing"), 1), (ticket_opened(2), 1)
    )
    clock = (await resolution_clock(database)).id
    body = {"clock_id": str(clock), "reason": REASON, "expires_at": (BREAKS + HOUR).isoformat()}
    one = (await theo.post("/v1/waivers", json=body)).json()["key"]
    wide = (await theo.get(await request_for_period(theo, NINE, BREAKS, service="billing"))).json()[
        "key"
    ]
    other = await request_for_period(theo, NINE, BREAKS, customer="brightwater")
    third = (await theo.get(other)).json()["key"]
    await gina.post(other + "/refuse")

    async def list_keys(query: str) -> list[str]:
        return [found["key"] for found in (await theo.get(f"/v1/waivers?{query}")).json()["items"]]

    assert await list_keys("customer=acme") == [one, wide]
    assert await list_keys(f"clock={clock}") == [one, wide]
    assert await list_keys(f"clock={(await resolution_clock(database, 2)).id}") == []
    assert await list_keys("state=refused") == [third]
    assert await list_keys("state=requested&customer=brightwater") == []


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (
            "UPDATE waivers SET starts_at = ends_at - interval '1 s'",
            "waived without an approved waiver",
        ),
        ("UPDATE waivers SET service = NULL", "breached while WVR-1 covered it, and is not waived"),
    ],
)
async def test_a_waiver_changed_afterwards_contradicts_its_clocks(
    database: Database, theo: AsyncClient, gina: AsyncClient, tampering: str, named: str
) -> None:
    """R16: `verify` holds every breach against the waivers, too"""
    await promise(database, metrics=("resolution",))
    await deliver(
        database, HANDLERS, (ticket_opened(1, service="billing"), 1), (ticket_opened(2), 1)
    )
    address = await request_for_period(theo, NINE, NINE + 24 * HOUR, service="billing")
    await gina.post(address + "/approve")
    await fire_at(database, 9)
    await assert_consistent(database)
    async with database.transaction() as tx:
        await tx.execute(text(tampering))
    (difference,) = [one async for one in find_differences(database)]
    assert named in difference

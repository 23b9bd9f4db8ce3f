"""How promises stand: counted right, and shown to those whom it concerns (R4)."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.tickets import TicketOnHold, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.status.domain import StatusLine
from sla.timers import TIMERS
from sla_support.company import (
    ACME,
    BRIGHTWATER,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_event,
    ticket_opened,
)
from sla_support.forecast_scenario import handle_ticket, run_forecast_round
from sla_support.outages import add_outage
from sla_support.waivers import request_for_clock

MONDAY = NINE + timedelta(days=7)


@pytest.fixture
async def busy(database: Database, app: FastAPI) -> None:
    """Acme's desk is slow: of four open promises one waits, one is broken, two are likely to."""
    await promise(database, metrics=("resolution",))
    await promise(database, (BRIGHTWATER, "brightwater"), metrics=("resolution",))
    for number in range(1, 13):
        await handle_ticket(database, number, 25 * HOUR)
    await freeze_time(database, MONDAY)
    events = [
        ticket_opened(100, MONDAY - timedelta(days=4), service="billing"),
        ticket_opened(101, MONDAY, service="billing"),
        ticket_opened(102, MONDAY),
        ticket_opened(
            103, MONDAY, customer_id=BRIGHTWATER, customer="brightwater", priority="minor"
        ),
    ]
    await deliver(database, HANDLERS, *((event, 1) for event in events))
    waiting = ticket_event(TicketOnHold, 102, MONDAY, waiting_on="customer")
    await deliver(database, HANDLERS, (waiting, 2))
    await fire_due(database, TIMERS)
    await run_forecast_round(database)


async def test_per_customer_and_service(busy: None, theo: AsyncClient) -> None:
    body = (await theo.get("/v1/status")).json()
    lines = {(one["customer"], one["service"]): one for one in body["lines"]}
    billing = lines["acme", "billing"]
    assert (billing["open"], billing["at_risk"], billing["breached"]) == (2, 1, 1)
    assert (billing["rag_status"], billing["next_at"]) == ("red", "2026-06-08T15:00:00Z")
    other = lines["acme", None]
    assert (other["open"], other["likely_to_breach"], other["next_at"]) == (1, 1, None)
    assert lines["brightwater", None]["open"] == 1
    assert (body["open"], body["breached"], body["at"]) == (4, 1, "2026-06-08T07:00:00Z")


async def test_a_customer_sees_its_own_only(busy: None, app: FastAPI, jan: AsyncClient) -> None:
    body = (await jan.get("/v1/status")).json()
    assert {one["customer"] for one in body["lines"]} == {"acme"}
    assert body["open"] == 3
    async with client(app, "britta") as britta:
        body = (await britta.get("/v1/status")).json()
    assert [(one["customer"], one["open"]) for one in body["lines"]] == [("brightwater", 1)]


async def test_who_has_no_open_promise_has_a_line_all_the_same(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database)
    (line,) = (await theo.get("/v1/status")).json()["lines"]
    assert (line["customer"], line["open"], line["rag_status"]) == ("acme", 0, "green")


async def test_nothing_is_green_for_whom_nothing_is_promised(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R4: neither a customer without an agreement, nor a service that none covers"""
    await promise(database, metrics=("resolution",), services=("billing",))
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    without = ticket_opened(2, customer_id=BRIGHTWATER, customer="brightwater")
    await deliver(database, HANDLERS, (ticket_opened(1, service="portal"), 1), (without, 1))
    lines = (await theo.get("/v1/status")).json()["lines"]
    shown = {(one["customer"], one["service"]): one for one in lines}
    for key in (("acme", "portal"), ("brightwater", None)):
        assert (shown[key]["rag_status"], shown[key]["is_promised"]) == ("none", False)
        assert (shown[key]["open"], shown[key]["tickets"]) == (0, 1)
    await deliver(database, HANDLERS, (ticket_opened(3, service="billing"), 1))
    lines = (await theo.get("/v1/status")).json()["lines"]
    assert {one["service"]: one["rag_status"] for one in lines if one["customer"] == "acme"} == {
        "billing": "green",
        "portal": "none",
    }


async def test_open_tickets_are_counted_beside_their_promises(
    database: Database, theo: AsyncClient
) -> None:
    """A ticket with two promises is one ticket, and none when it is resolved"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    body = (await theo.get("/v1/status")).json()
    assert (body["open"], body["tickets"]) == (4, 2)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + HOUR), 2))
    body = (await theo.get("/v1/status")).json()
    assert (body["open"], body["tickets"]) == (2, 1)


async def test_what_was_excused_is_not_broken(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R2: approved before it broke, it lights nothing red, and is shown as what it is"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    waiver = await request_for_clock(database, theo, 1, 100)
    assert (await gina.post(f"{waiver}/approve", json={})).status_code == 200
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    (line,) = (await theo.get("/v1/status")).json()["lines"]
    assert (line["open"], line["breached"], line["excused"]) == (2, 1, 1)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 2, NINE + 9 * HOUR), 2))
    (line,) = (await theo.get("/v1/status")).json()["lines"]
    assert (line["breached"], line["excused"], line["rag_status"]) == (0, 1, "green")


@pytest.mark.parametrize(
    ("at_risk", "breached", "met", "rag_status"),
    [
        (0, 0, None, "green"),
        (1, 0, True, "amber"),
        (1, 1, True, "red"),
        (0, 0, False, "red"),
        (0, 0, True, "green"),
    ],
)
def test_the_light_shows_the_worst(
    at_risk: int, breached: int, met: bool | None, rag_status: str
) -> None:
    line = StatusLine("acme", "Acme", None, 5, at_risk, 0, breached, None, 0.998, 0.999, met)
    assert line.rag_status == rag_status


async def test_availability_of_this_month_stands_beside(
    busy: None, database: Database, theo: AsyncClient
) -> None:
    """C12: an hour of the office hours since the first of June, on which nothing was promised."""
    await add_outage(database, MONDAY, MONDAY + HOUR, ACME, "acme-prod", service="billing")
    await freeze_time(database, MONDAY + 3 * HOUR)
    lines = (await theo.get("/v1/status")).json()["lines"]
    acme = {one["service"]: one for one in lines if one["customer"] == "acme"}
    agreed = 5 * 9 + 4
    assert acme["billing"]["availability"] == pytest.approx(1 - 1 / agreed)
    assert acme["billing"]["met"] is None
    assert {one["availability"] for one in lines if one["customer"] == "brightwater"} == {1.0}


async def test_without_a_token_there_is_no_status_and_no_page_of_it(app: FastAPI) -> None:
    """The page is the console's."""
    async with client(app, None) as nobody:
        assert (await nobody.get("/v1/status")).status_code == 401
        assert (await nobody.get("/status")).status_code == 404

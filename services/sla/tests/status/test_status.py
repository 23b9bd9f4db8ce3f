"""How promises stand: counted right, and shown to those whom it concerns (R4)."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.tickets import TicketOnHold
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.status.domain import StatusLine
from sla.timers import TIMERS
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, promise, ticket_event, ticket_opened
from sla_support.forecast_scenario import handle_ticket, run_forecast_round
from sla_support.outages import add_outage

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


async def test_the_page_holds_no_figures_and_no_inline_script(app: FastAPI) -> None:
    async with client(app, None) as nobody:
        page = await nobody.get("/status")
        assert page.status_code == 200
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "<script>" not in page.text
        assert "style=" not in page.text
        for name, media in (("css", "text/css"), ("js", "text/javascript"), ("svg", "image/svg")):
            found = await nobody.get(f"/status/status.{name}")
            assert found.headers["content-type"].startswith(media)
        assert (await nobody.get("/v1/status")).status_code == 401

"""Forecasts over HTTP: on demand, listed, acknowledged, subscribed to, scored."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla_support.assertions import violation_pointers
from sla_support.company import BRIGHTWATER, HOUR, NINE, announce_customers, promise, ticket_opened
from sla_support.forecast_scenario import forecast_events, handle_ticket, run_forecast_round

MONDAY = NINE + timedelta(days=7)


@pytest.fixture
async def dana(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "dana") as caller:
        yield caller


@pytest.fixture
async def past(database: Database, app: FastAPI) -> None:
    """Acme's desk was too slow twelve times; on Monday a new ticket comes."""
    await promise(database, metrics=("resolution",))
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    for number in range(1, 13):
        await handle_ticket(database, number, 25 * HOUR)
    await freeze_time(database, MONDAY)
    await deliver(database, HANDLERS, (ticket_opened(100, MONDAY, service="billing"), 1))


async def test_forecasts_on_demand(past: None, dana: AsyncClient) -> None:
    (made,) = (await dana.post("/v1/forecasts", json={"ticket": "OPS-100"})).json()["items"]
    assert (made["outlook"], made["expected_breach_at"]) == (
        "likely_to_breach",
        "2026-06-08T15:00:00Z",
    )
    assert made["sample_size"] == 12
    assert made["queue_position"] == 0
    assert len(made["reasons"]) == 2
    for asked in ({}, {"customer": "acme"}, {"clock_ids": [made["clock_id"]]}, None):
        answer = await dana.post("/v1/forecasts", json=asked)
        assert [one["id"] for one in answer.json()["items"]] == [made["id"]], asked
    nothing = await dana.post("/v1/forecasts", json={"customer": "brightwater"})
    assert nothing.json()["items"] == []
    for body, pointer in (({"ticket": "OPS-7000"}, "/ticket"), ({"customer": "x"}, "/customer")):
        assert violation_pointers(await dana.post("/v1/forecasts", json=body)) == [pointer]


async def test_the_list_holds_what_may_break(
    past: None, database: Database, dana: AsyncClient
) -> None:
    more = ((ticket_opened(n, MONDAY - n * timedelta(seconds=1)), 1) for n in range(200, 205))
    await deliver(database, HANDLERS, *more)
    await run_forecast_round(database)
    first = (await dana.get("/v1/forecasts", params={"limit": 4})).json()
    rest = (await dana.get("/v1/forecasts", params={"cursor": first["next"]})).json()
    items = [*first["items"], *rest["items"]]
    assert [one["ticket"] for one in items] == [f"OPS-{n}" for n in (204, 203, 202, 201, 200, 100)]
    for asked, count in (({"outlook": "at_risk"}, 0), ({"service": "billing"}, 1)):
        assert len((await dana.get("/v1/forecasts", params=asked)).json()["items"]) == count
    one = items[-1]
    forecast_detail = (await dana.get(f"/v1/forecasts/{one['id']}")).json()
    assert forecast_detail == {**one, "acknowledgements": []}
    assert (await dana.get(f"/v1/forecasts/{uuid4()}")).status_code == 404


async def test_subscribers_are_named_in_what_is_told(
    past: None, database: Database, app: FastAPI, dana: AsyncClient
) -> None:
    for who, body in (
        ("dana", {"customer": "acme", "service": "billing"}),
        ("pavel", {"outlook": "likely_to_breach"}),
        ("theo", {"customer": "brightwater"}),
        ("gina", {"customer": "acme", "service": "portal"}),
    ):
        async with client(app, who) as caller:
            made = await caller.post("/v1/forecast-subscriptions", json=body)
            assert made.status_code == 201, made.text
    await run_forecast_round(database)
    (event,) = await forecast_events(database)
    assert event.body["subscribers"] == ["dana", "pavel"]


async def test_a_subscription_is_ones_own(
    past: None, database: Database, app: FastAPI, dana: AsyncClient
) -> None:
    path = "/v1/forecast-subscriptions"
    made = await dana.post(path, json={"customer": "acme"})
    assert (await dana.post(path, json={"customer": "acme"})).status_code == 409
    assert violation_pointers(await dana.post(path, json={"customer": "nobody"})) == ["/customer"]
    assert [one["id"] for one in (await dana.get(path)).json()["items"]] == [made.json()["id"]]
    async with client(app, "theo") as theo:
        assert (await theo.get(path)).json()["items"] == []
        assert (await theo.delete(made.headers["Location"])).status_code == 404
    assert (await dana.delete(made.headers["Location"])).status_code == 204
    assert (await dana.get(path)).json()["items"] == []


async def test_a_stakeholder_takes_note(past: None, database: Database, dana: AsyncClient) -> None:
    (made,) = (await dana.post("/v1/forecasts", json={})).json()["items"]
    path = f"/v1/forecasts/{made['id']}"
    etag = (await dana.get(path)).headers["ETag"]
    answer = await dana.post(f"{path}/acknowledge", json={"note": "Mia helps out."})
    (given,) = answer.json()["acknowledgements"]
    assert (given["sub"], given["outlook"], given["note"]) == (
        "dana",
        "likely_to_breach",
        "Mia helps out.",
    )
    event = (await outbox_events(database))[-1]
    assert (event.type, event.sequence) == ("opsdesk.forecast.acknowledged.v1", 2)
    assert event.body["acknowledged_by"] == "dana"
    assert "note" not in event.body
    stale = await dana.post(f"{path}/acknowledge", headers={"If-Match": etag})
    assert stale.status_code == 412
    await freeze_time(database, MONDAY + 9 * HOUR)
    await run_forecast_round(database)
    await run_forecast_round(database)
    assert (await dana.post(f"{path}/acknowledge")).status_code == 409


async def test_the_score_in_figures_and_as_a_picture(
    past: None, database: Database, dana: AsyncClient
) -> None:
    await run_forecast_round(database)
    await freeze_time(database, MONDAY + 9 * HOUR)
    await run_forecast_round(database)
    await run_forecast_round(database)
    days = {"from": "2026-06-08", "to": "2026-06-08"}
    found = (await dana.get("/v1/forecasts/score", params=days)).json()
    assert (found["forecasts"], found["breached"]) == (1, 1)
    (bin,) = found["bins"]
    assert found["brier"] == pytest.approx((1 - bin["forecast"]) ** 2)
    assert bin["from_probability"] <= bin["forecast"] <= bin["to_probability"]
    assert [one["used"] for one in found["by_age"]] == [0]
    answer = await dana.get("/v1/forecasts/score.svg", params=days)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")
    before = {"from": "2026-06-01", "to": "2026-06-07"}
    assert (await dana.get("/v1/forecasts/score", params=before)).json()["brier"] is None


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-06-08", "to": "2026-06-07"},
        {"from": "9999-01-01"},
        {"from": "1971-01-01", "to": "2026-01-01"},
        {"to": "yesterday"},
    ],
)
async def test_days_that_make_no_sense_are_refused(dana: AsyncClient, days: dict[str, str]) -> None:
    assert (await dana.get("/v1/forecasts/score", params=days)).status_code == 422


async def test_customers_see_no_forecasts(past: None, jan: AsyncClient) -> None:
    """They see what is at risk in the status; forecasts are how the desk plans."""
    assert (await jan.get("/v1/forecasts")).status_code == 403
    assert (await jan.post("/v1/forecast-subscriptions", json={})).status_code == 403

"""Outages and availability over HTTP: visibility, notifications, and invalid queries."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.alerts import alert_ended, alert_raised
from sla_support.assertions import violation_pointers
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, add_services
from sla_support.outage_scenario import DAY, JUNE, acme_on_monday_evening, at, outage_body
from sla_support.outages import add_outage, agree_as_read


@pytest.fixture(autouse=True)
async def acme(database: Database, app: FastAPI) -> None:
    await acme_on_monday_evening(database)


async def test_a_customer_sees_the_own_outages_and_no_others(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    own = await add_outage(database, NINE, NINE + HOUR, ACME, "acme-prod")
    theirs = await add_outage(database, NINE, NINE + HOUR, BRIGHTWATER, "brightwater-prod")
    everybodys = await add_outage(database, NINE + HOUR, NINE + 2 * HOUR, service="portal")
    seen = (await jan.get("/v1/outages")).json()["items"]
    assert {one["key"] for one in seen} == {own.key, everybodys.key}
    assert (await jan.get("/v1/outages?customer=brightwater")).json()["items"] == []
    assert (await jan.get(f"/v1/outages/{theirs.key}")).status_code == 404
    assert (await theo.get(f"/v1/outages/{theirs.key}")).status_code == 200
    assert (await jan.get("/v1/availability?customer=brightwater")).status_code == 404
    assert (await jan.get("/v1/availability?environment=brightwater-prod")).status_code == 404
    assert (await jan.get("/v1/availability")).json()["customer"] == "acme"
    assert (await jan.post("/v1/outages", json=outage_body())).status_code == 403
    assert (await jan.get("/v1/outage-rules")).status_code == 403


async def test_lists_are_paged_and_narrowed(database: Database, theo: AsyncClient) -> None:
    await add_services(database, *(f"s{number}" for number in range(5)))
    for number in range(5):
        end = None if number == 4 else NINE + (number + 0.5) * HOUR
        await add_outage(
            database, NINE + number * HOUR, end, ACME, "acme-prod", service=f"s{number}"
        )
    pages, address = [], "/v1/outages?limit=2"
    while address:
        page = (await theo.get(address)).json()
        pages += [one["service"] for one in page["items"]]
        address = page["next"] and f"/v1/outages?limit=2&cursor={page['next']}"
    assert pages == ["s4", "s3", "s2", "s1", "s0"]

    async def services(query: str) -> list[str]:
        return [one["service"] for one in (await theo.get(f"/v1/outages?{query}")).json()["items"]]

    assert await services("state=open") == ["s4"]
    assert await services("state=ended&service=s1") == ["s1"]
    assert await services("environment=acme-staging") == []
    assert await services("customer=brightwater") == []
    soon = (NINE + 2 * HOUR).isoformat().replace("+00:00", "Z")
    assert await services(f"to={soon}&source=manual") == ["s1", "s0"]
    assert await services(f"from={soon}") == ["s4", "s3", "s2"]


async def test_staging_counts_only_where_it_is_asked_for(
    database: Database, theo: AsyncClient
) -> None:
    await add_outage(database, NINE, NINE + HOUR, ACME, "acme-staging")
    assert (await theo.get(JUNE)).json()["down_seconds"] == 0
    address = "/v1/availability?month=2026-06&environment=acme-staging"
    assert (await theo.get(address)).json()["down_seconds"] == 3600


async def test_people_are_told_while_some_of_the_budget_is_left(
    database: Database, theo: AsyncClient
) -> None:
    """R3: 99 % of 198 h leave 7128 s; each share is told once, at the instant it is used up"""
    await freeze_time(database, NINE)
    await deliver(database, HANDLERS, (alert_raised(1), 1))
    for minutes in (59, 60, 89, 90, 107, 119, 600):
        await freeze_time(database, NINE + timedelta(minutes=minutes))
        await fire_due(database, TIMERS)
    used = [
        one.body
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert [one["threshold"] for one in used] == [0.5, 0.75, 0.9, 1.0]
    assert [one["reached_at"][11:19] for one in used] == [
        "07:59:24",
        "08:29:06",
        "08:46:55",
        "08:58:48",
    ]
    assert {one["month"] for one in used} == {"2026-06-01"}
    await deliver(
        database, HANDLERS, (alert_raised(2), 1), (alert_ended(1, NINE, NINE + 9 * HOUR), 2)
    )
    await freeze_time(database, NINE + 20 * DAY)
    await fire_due(database, TIMERS)
    again = [
        one
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert len(again) == 4
    assert (await theo.get(JUNE)).json()["met"] is False


async def test_the_next_month_has_a_budget_of_its_own(database: Database) -> None:
    await freeze_time(database, NINE)
    await deliver(database, HANDLERS, (alert_raised(1), 1))
    for days in (29, 30, 31):
        await freeze_time(database, NINE + days * DAY + 2 * HOUR)
        await fire_due(database, TIMERS)
    used = [
        one.body
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert [(one["month"][:7], one["threshold"]) for one in used] == [
        (month, share) for month in ("2026-06", "2026-07") for share in (0.5, 0.75, 0.9, 1.0)
    ]


async def test_budgets_of_two_months_that_are_due_at_once_warn_once_each(
    database: Database, theo: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """An outage at the turn of two months: the former one leads to the next, which is due itself."""
    assert (await theo.post("/v1/outages", json=outage_body())).status_code == 201
    await fire_due(database, TIMERS)
    used = [
        one.body["threshold"]
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert used == [0.5, 0.75, 0.9, 1.0]
    assert "taken_apart" not in caplog.text, "all of them at the first go"


async def test_an_outage_since_ever_and_maintenance_at_the_end_of_time_break_nothing(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """Figures reach as far as calendars do; warnings are about months that people can still act on"""
    long_ago = outage_body(started_at="1970-01-01T00:00:01Z")
    assert (await theo.post("/v1/outages", json=long_ago)).status_code == 201
    await fire_due(database, TIMERS)
    used = [
        one.body
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert len({one["month"] for one in used}) == 13  # since the agreement holds
    assert (await theo.get(JUNE.replace("2026-06", "1971-01"))).json()["down_seconds"] > 0
    times = {"starts_at": "2199-12-30T00:00:00Z", "ends_at": "2199-12-31T00:00:00Z"}
    far = {"environment": "acme-prod", "title": "The sun goes out"} | times
    planned = (await theo.post("/v1/maintenance", json=far)).headers["Location"]
    assert (await agree_as_read(gina, planned)).status_code == 200
    assert (await theo.post(f"{planned}/cancel")).status_code == 200
    await fire_due(database, TIMERS)
    assert (await theo.get(JUNE.replace("2026-06", "2098-12"))).status_code == 200


async def test_the_picture_is_svg_and_says_why(database: Database, theo: AsyncClient) -> None:
    outage = await add_outage(database, NINE, NINE + HOUR, ACME, "acme-prod")
    answer = await theo.get(JUNE.replace("?", "/chart.svg?"))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    picture = ElementTree.fromstring(answer.text)
    titles = [one.text or "" for one in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert any(outage.key in title for title in titles)
    days = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "Mon 1 Jun" in days
    assert "Tue 30 Jun" in days


@pytest.mark.parametrize(
    "asked",
    ["month=2026-13", "month=1969-01", "month=9999-12", "month=2026-6", "as_known_at=2026-06-01"],
)
async def test_bad_months_are_refused(theo: AsyncClient, asked: str) -> None:
    assert (await theo.get(f"/v1/availability?{asked}")).status_code == 422


async def test_bad_places_are_refused(theo: AsyncClient) -> None:
    for body, pointer in (
        ({"environment": "nowhere"}, "/environment"),
        ({"customer": "nobody"}, "/customer"),
        ({"customer": "brightwater"}, "/customer"),
        ({"started_at": at(99)}, "/started_at"),
        ({"environment": None, "service": None}, ""),
    ):
        assert violation_pointers(await theo.post("/v1/outages", json=outage_body(**body))) == [
            pointer
        ]


async def test_machines_and_strangers_see_nothing(app: FastAPI) -> None:
    async with client(app, "pipeline") as machine, client(app, None) as nobody:
        for address in ("/v1/outages", "/v1/availability", "/v1/maintenance"):
            assert (await machine.get(address)).status_code == 403
            assert (await nobody.get(address)).status_code == 401


async def test_what_is_not_theirs_is_answered_like_what_does_not_exist(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4: otherwise a contact learns which customers, environments and services there are."""
    sold = {"key": "secret", "name": "Secret", "owner": "ops", "sold_to": ["brightwater"]}
    assert (await theo.post("/v1/services", json=sold)).status_code == 201
    for theirs, unknown in (
        ("customer=brightwater", "customer=nobody"),
        ("environment=brightwater-prod", "environment=nowhere"),
        (
            "customer=brightwater&environment=brightwater-prod",
            "customer=nobody&environment=nowhere",
        ),
        ("customer=brightwater&environment=brightwater-prod", "customer=brightwater&environment=x"),
        ("service=secret", "service=nothing"),
    ):
        for path in ("/v1/availability", "/v1/availability/chart.svg"):
            answers = [await jan.get(f"{path}?{query}") for query in (theirs, unknown)]
            assert [one.status_code for one in answers] == [404, 404]
            details = {one.json()["detail"] for one in answers}
            assert len(details) == 1, details
    assert (await jan.get("/v1/availability?environment=acme-prod")).status_code == 200
    assert (await jan.get("/v1/availability?service=billing")).status_code == 200

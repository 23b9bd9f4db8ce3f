"""Whatever has a beginning and an end is refused where the end is not later, and the end is named."""

from dataclasses import dataclass
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from sla_support.assertions import violation_pointers
from sla_support.company import AMSTERDAM
from sla_support.outage_scenario import acme_on_monday_evening, at

REPORTS = (
    "/v1/reports/volume?",
    "/v1/reports/compliance?",
    "/v1/reports/response?",
    "/v1/reports/backlog?",
    "/v1/reports/costs?",
    "/v1/reports/availability?customer=acme&service=billing&",
)
"""By days, the last one not included."""
LISTS = ("/v1/outages?", "/v1/punctuality?", "/v1/reports/customer-compliance?customer=acme&")
"""By instants."""


@dataclass(frozen=True)
class Period:
    """A request with a period: `body` has all but its two ends."""

    address: str
    start: str
    end: str
    body: dict[str, Any]
    pointer: str


def _agreement(**more: Any) -> dict[str, Any]:
    target = {"metric": "resolution", "priority": "major", "target_seconds": 3600}
    fixed = {"key": "acme-new", "customer": "acme", "calendar": AMSTERDAM, "targets": [target]}
    return {**fixed, "valid_from": "2026-01-01T00:00:00Z", **more}


BODIES = (
    Period(
        "/v1/maintenance",
        "starts_at",
        "ends_at",
        {"customer": "acme", "environment": "acme-prod", "title": "New disks"},
        "/ends_at",
    ),
    Period("/v1/agreements", "valid_from", "valid_until", _agreement(), "/valid_until"),
    Period(
        "/v1/waivers",
        "starts_at",
        "ends_at",
        {"customer": "acme", "reason": "The supplier is down"},
        "/ends_at",
    ),
    Period(
        "/v1/agreements/acme-standard/extensions",
        "starts_at",
        "ends_at",
        {"reason": "Their inventory"},
        "/ends_at",
    ),
)


@pytest.fixture(autouse=True)
async def acme(database: Database, theo: AsyncClient) -> None:
    await acme_on_monday_evening(database)


@pytest.mark.parametrize("hours", [0, -1])
@pytest.mark.parametrize("period", BODIES, ids=lambda one: one.address)
async def test_a_body_is_refused_at_its_end(theo: AsyncClient, period: Period, hours: int) -> None:
    ends = {period.start: at(30), period.end: at(30 + hours)}
    answer = await theo.post(period.address, json=period.body | ends)
    assert period.pointer in violation_pointers(answer)


@pytest.mark.parametrize("hours", [0, -1])
async def test_a_dated_window_of_an_agreement_is_refused_at_its_end(
    theo: AsyncClient, hours: int
) -> None:
    window = {"starts_at": at(30), "ends_at": at(30 + hours)}
    answer = await theo.post("/v1/agreements", json=_agreement(maintenance={"dated": [window]}))
    assert violation_pointers(answer) == ["/maintenance/dated/0/ends_at"]


@pytest.mark.parametrize(
    ("window", "status"),
    [
        (["06:00", "02:00"], 422),
        (["02:00", "02:00"], 422),
        (["12:00", "00:01"], 422),
        (["12:00", "00:00"], 201),
        (["22:00", "04:00"], 201),
        (["00:00", "24:00"], 201),
    ],
)
async def test_weekly_maintenance_past_midnight_is_a_nights(
    theo: AsyncClient, window: list[str], status: int
) -> None:
    """R15: what is excluded from availability is what was agreed, not a slip of the finger"""
    body = _agreement(maintenance={"weekly": {"sun": [window]}})
    answer = await theo.post("/v1/agreements", json=body)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert violation_pointers(answer) == ["/maintenance/weekly/sun"]


async def test_an_outage_does_not_end_before_it_started(theo: AsyncClient) -> None:
    body = {"environment": "acme-prod", "service": "billing", "reason": "Down"}
    made = await theo.post("/v1/outages", json=body | {"started_at": at(2)})
    address = made.headers["Location"]
    early = await theo.post(f"{address}/end", json={"ended_at": at(1)})
    assert violation_pointers(early) == ["/ended_at"]
    turned = {"started_at": at(3), "ended_at": at(2), "reason": "It was otherwise"}
    assert (await theo.post(f"{address}/corrections", json=turned)).status_code in {409, 422}


@pytest.mark.parametrize("days", [0, -1])
@pytest.mark.parametrize("address", REPORTS)
async def test_a_report_is_refused_at_its_end(theo: AsyncClient, address: str, days: int) -> None:
    query = f"from=2026-05-10&to=2026-05-{10 + days:02}"
    answer = await theo.get(address + query)
    assert violation_pointers(answer) == ["/query/to"], answer.text


async def test_a_period_whose_last_day_is_included_may_have_one_day(theo: AsyncClient) -> None:
    answers = [
        await theo.get(f"/v1/forecasts/score?from=2026-05-10&to=2026-05-{day:02}")
        for day in (10, 9)
    ]
    assert answers[0].status_code == 200
    assert violation_pointers(answers[1]) == ["/query/to"]


@pytest.mark.parametrize("days", [0, -1])
@pytest.mark.parametrize("address", LISTS)
async def test_a_list_over_a_period_is_refused_at_its_end(
    theo: AsyncClient, address: str, days: int
) -> None:
    answer = await theo.get(address + _query("from", "to", days))
    assert violation_pointers(answer) == ["/query/to"], answer.text


@pytest.mark.parametrize("days", [0, -1])
async def test_clocks_that_are_due_in_no_time_are_not_asked_for(
    theo: AsyncClient, days: int
) -> None:
    answer = await theo.get("/v1/clocks?" + _query("due_from", "due_before", days))
    assert violation_pointers(answer) == ["/query/due_before"]


@pytest.mark.parametrize("days", [0, -1])
async def test_days_of_a_series_are_refused_at_their_end(gina: AsyncClient, days: int) -> None:
    series = {"key": "acme.response", "name": "Response time", "unit": "ms", "customer": "acme"}
    made = await gina.post(
        "/v1/series", json=series | {"service": "billing", "sample_interval_seconds": 3600}
    )
    assert made.status_code == 201, made.text
    query = f"from=2026-05-10&to=2026-05-{10 + days:02}"
    answer = await gina.get(f"/v1/series/acme.response/days?{query}")
    assert violation_pointers(answer) == ["/query/to"], answer.text


def _query(start: str, end: str, days: int) -> str:
    return f"{start}=2026-05-10T00:00:00Z&{end}=2026-05-{10 + days:02}T00:00:00Z"

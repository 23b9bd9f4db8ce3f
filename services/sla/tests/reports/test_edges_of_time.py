"""Days and months at the edges of what exists are answered or refused: never an error of ours."""

import pytest
from httpx import AsyncClient

from opsdesk_testing.fuzz_edges import EDGES

pytestmark = pytest.mark.thorough

DAYS = [
    f"/v1/{path}?{name}={day}"
    for path in ("reports/compliance", "reports/volume", "reports/availability", "reports/costs")
    for name in ("from", "to")
    for day in EDGES["date"]
]
MONTHS = [
    f"/v1/{path}?month={month}"
    for path in ("measured-promises", "reports/hours", "availability?customer=acme")
    for month in EDGES["month"]
]


@pytest.mark.parametrize("address", [*DAYS, *(one.replace("acme?", "acme&") for one in MONTHS)])
async def test_an_edge_of_time_is_no_error_of_ours(theo: AsyncClient, address: str) -> None:
    assert (await theo.get(address)).status_code in (200, 404, 422)


async def test_the_first_day_of_all_is_refused_by_its_place(theo: AsyncClient) -> None:
    refused = await theo.get("/v1/reports/compliance?to=0001-01-01")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/query/to"]
    refused = await theo.get("/v1/measured-promises?month=1970-01")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/query/month"]

"""Availability, MTTR and MTBF as a report: the figures of C12, by customer, service and month."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import freeze_time
from sla_support.assertions import violation_pointers
from sla_support.company import ACME, BRIGHTWATER, HOUR, promise
from sla_support.outages import add_outage

REPORT = "/v1/reports/availability?from=2026-06-01&to=2026-09-01"
JUNE = datetime(2026, 6, 15, 10, tzinfo=UTC)
JULY = datetime(2026, 7, 1, 8, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def summer(database: Database, app: FastAPI) -> None:
    """Billing down for two hours in June and for one in July, portal for four at Brightwater."""
    await promise(database, availability=0.99, services=("billing", "portal"))
    await promise(database, (BRIGHTWATER, "brightwater"), availability=0.999)
    await add_outage(database, JUNE, JUNE + 2 * HOUR, ACME)
    await add_outage(database, JULY, JULY + HOUR, ACME)
    await add_outage(database, JUNE, JUNE + 4 * HOUR, BRIGHTWATER, service="portal")
    await freeze_time(database, SEPTEMBER)


async def test_each_month_is_the_month_of_the_availability_itself(theo: AsyncClient) -> None:
    """C12"""
    report = (await theo.get(f"{REPORT}&customer=acme&service=billing&step=month")).json()
    assert [row["starts_on"][:7] for row in report["rows"]] == ["2026-06", "2026-07", "2026-08"]
    for row in report["rows"]:
        path = f"/v1/availability?customer=acme&service=billing&month={row['starts_on'][:7]}"
        month = (await theo.get(path)).json()
        same = {name: month[name] for name in row.keys() & month.keys() - {"since", "until"}}
        assert len(same) == 8
        assert {name: row[name] for name in same} == same
    june, july, august = report["rows"]
    assert (june["down_seconds"], june["failures"], june["mttr_seconds"]) == (7200, 1, 7200)
    assert june["mtbf_seconds"] == june["agreed_seconds"] - 7200
    assert (june["met"], july["met"], august["met"]) == (False, True, True)
    assert (august["mttr_seconds"], august["mtbf_seconds"]) == (None, None)


async def test_months_add_up_to_the_period(theo: AsyncClient) -> None:
    report = (await theo.get(f"{REPORT}&customer=acme&step=month")).json()
    for name in ("agreed_seconds", "down_seconds", "failures"):
        assert sum(row[name] for row in report["rows"]) == report["total"][name]
    total = report["total"]
    assert (total["failures"], total["down_seconds"], total["mttr_seconds"]) == (2, 10_800, 5400)
    assert total["mtbf_seconds"] == (total["agreed_seconds"] - 10_800) // 2
    assert (total["met"], report["pending"]) == (None, 0)  # a promise is one of a month


async def test_per_customer_and_per_service(theo: AsyncClient) -> None:
    by_customer = (await theo.get(f"{REPORT}&group_by=customer")).json()
    assert {row["group"]: row["down_seconds"] for row in by_customer["rows"]} == {
        "acme": 10_800,
        "brightwater": 14_400,
    }
    # Everything: a second counts once, however many customers it hit.
    assert by_customer["total"]["down_seconds"] == 5 * 3600
    by_service = (await theo.get(f"{REPORT}&group_by=service&customer=acme")).json()
    assert {row["group"]: row["failures"] for row in by_service["rows"]} == {
        "billing": 2,
        "portal": 0,
    }


async def test_a_month_that_lasts_counts_as_far_as_it_has_come(
    database: Database, theo: AsyncClient
) -> None:
    starts_at = SEPTEMBER + 8 * HOUR
    await add_outage(database, starts_at, None, ACME)
    await freeze_time(database, starts_at + HOUR)
    path = "/v1/reports/availability?from=2026-09-01&to=2026-11-01&customer=acme&step=month"
    september, october = (await theo.get(path)).json()["rows"]
    assert (september["down_seconds"], september["mttr_seconds"]) == (3600, None)
    assert (october["agreed_seconds"], october["availability"]) == (0, None)


async def test_a_customer_sees_the_own_only(jan: AsyncClient) -> None:
    """R4"""
    own = (await jan.get(f"{REPORT}&group_by=customer")).json()
    assert [row["group"] for row in own["rows"]] == ["acme"]
    other = (await jan.get(f"{REPORT}&group_by=customer&customer=brightwater")).json()
    assert (other["rows"], other["total"]["down_seconds"]) == ([], 0)


async def test_what_no_month_answers_is_refused(theo: AsyncClient) -> None:
    report = "/v1/reports/availability"
    for query, pointer in (
        ("from=2095-01-01&to=2100-01-01", "/query/from"),
        ("from=2026-06-02&to=2026-06-02", "/query/to"),
        ("step=day", "/query/step"),
        ("group_by=priority", "/query/group_by"),
    ):
        assert violation_pointers(await theo.get(f"{report}?{query}")) == [pointer], query

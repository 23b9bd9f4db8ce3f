"""Measured figures compared with promises (A5), over HTTP on a real database."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events
from sla.timers import TIMERS
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, announce_customers

DAY = timedelta(days=1)
CROSSED = ("2026-07-30", "2026-07-31")
"""40 on 1 June and one more a day crosses 100 at the turn of these days."""
RESPONSE = {
    "key": "acme.response",
    "name": "Response time",
    "unit": "ms",
    "customer": "acme",
    "service": "billing",
    "sample_interval_seconds": 3600,
}
QUICK = {"better": "lower", "statistic": "p95", "target": 300, "baseline": 420}


def iso(at: datetime) -> str:
    return at.isoformat()


@pytest.fixture
async def monitor(app: FastAPI) -> Any:
    async with client(app, "monitor") as caller:
        yield caller


async def create_series(database: Database, gina: AsyncClient, **overrides: Any) -> str:
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    answer = await gina.post("/v1/series", json=RESPONSE | overrides)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


def batch(key: str, since: datetime, *values: float, every: timedelta = HOUR) -> dict[str, Any]:
    return {
        "samples": [
            {"series": key, "at": iso(since + n * every), "value": value}
            for n, value in enumerate(values)
        ]
    }


async def test_a_month_is_kept_broken_or_not_measured(
    database: Database, gina: AsyncClient, monitor: AsyncClient
) -> None:
    key = await create_series(database, gina)
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    promise = QUICK | {"valid_from": iso(begin)}
    assert (await gina.post(f"/v1/series/{key}/promises", json=promise)).status_code == 201
    may = [200.0] * 700 + [900.0] * 20
    await monitor.post("/v1/samples", json=batch(key, begin, *may))
    (row,) = (await gina.get("/v1/measured-promises?month=2026-05")).json()["items"]
    assert (row["verdict"], row["actual"], row["samples"]) == ("met", 200, 720)
    assert row["coverage"] == pytest.approx(720 / 744)
    (june,) = (await gina.get("/v1/measured-promises?month=2026-06")).json()["items"]
    assert (june["verdict"], june["actual"]) == ("unmeasured", None)
    assert (await gina.get("/v1/measured-promises?month=2026-04")).json()["items"] == []


async def test_a_new_version_leaves_former_months_as_they_were(
    database: Database, gina: AsyncClient, monitor: AsyncClient
) -> None:
    """A5"""
    key = await create_series(database, gina, sample_interval_seconds=None)
    for month, target in (("2026-04-01", 300), ("2026-05-15", 100)):
        promise = QUICK | {"target": target, "valid_from": f"{month}T00:00:00Z"}
        await gina.post(f"/v1/series/{key}/promises", json=promise)
    await monitor.post("/v1/samples", json=batch(key, datetime(2026, 4, 10, tzinfo=UTC), 200.0))
    await monitor.post("/v1/samples", json=batch(key, datetime(2026, 5, 10, tzinfo=UTC), 200.0))
    verdicts = []
    for month in ("2026-04", "2026-05"):
        (row,) = (await gina.get(f"/v1/measured-promises?month={month}")).json()["items"]
        verdicts.append((row["verdict"], row["required"]["version"]))
    assert verdicts == [("met", 1), ("breached", 2)]
    earlier = QUICK | {"valid_from": "2026-05-01T00:00:00Z"}
    assert (await gina.post(f"/v1/series/{key}/promises", json=earlier)).status_code == 422


async def test_a_batch_that_comes_again_changes_nothing_and_the_first_value_stays(
    database: Database, gina: AsyncClient, monitor: AsyncClient
) -> None:
    key = await create_series(database, gina)
    since = NINE - 2 * HOUR
    first = await monitor.post("/v1/samples", json=batch(key, since, 1.0, 2.0))
    assert first.json() == {"accepted": 2, "duplicates": 0, "conflicts": []}
    again = await monitor.post("/v1/samples", json=batch(key, since, 1.0, 5.0, 3.0))
    assert again.json() == {"accepted": 1, "duplicates": 2, "conflicts": [1]}
    days = (await gina.get(f"/v1/series/{key}/days")).json()["items"]
    assert days == [{"day": "2026-06-01", "count": 3, "low": 1, "mean": 2, "peak": 3}]


async def test_a_wrong_sample_keeps_the_whole_batch_out(
    database: Database, gina: AsyncClient, monitor: AsyncClient
) -> None:
    key = await create_series(database, gina)
    wrong = batch(key, NINE - HOUR, 1.0)["samples"]
    wrong += [
        {"series": "nobody", "at": iso(NINE), "value": 1},
        {"series": key, "at": iso(NINE + HOUR), "value": 1},
        {"series": key, "at": iso(NINE - HOUR), "value": 2},
    ]
    refused = await monitor.post("/v1/samples", json={"samples": wrong})
    assert refused.status_code == 422
    violations = {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    assert violations == {
        ("/samples/1/series", "unknown_reference"),
        ("/samples/2/at", "future"),
        ("/samples/3/value", "twice"),
    }
    infinite = json.dumps(batch(key, NINE - HOUR, 4711.0)).replace("4711.0", "1e999")
    as_json = {"Content-Type": "application/json"}
    answer = await monitor.post("/v1/samples", content=infinite, headers=as_json)
    assert answer.status_code == 422
    assert (await gina.get(f"/v1/series/{key}/days")).json()["items"] == []
    assert (await gina.post("/v1/samples", json=batch(key, NINE, 1.0))).status_code == 403


async def test_a_customer_sees_the_own_series_only(
    database: Database, gina: AsyncClient, jan: AsyncClient
) -> None:
    own = await create_series(database, gina)
    other = await create_series(database, gina, key="b.response", customer="brightwater")
    house = await create_series(database, gina, key="house.energy", customer=None)
    assert [one["key"] for one in (await jan.get("/v1/series")).json()["items"]] == [own]
    for hidden in (other, house):
        assert (await jan.get(f"/v1/series/{hidden}")).status_code == 404
        assert (await jan.get(f"/v1/series/{hidden}/days")).status_code == 404
    assert (await jan.get("/v1/measured-promises?customer=brightwater")).json()["items"] == []
    assert (await jan.post("/v1/series", json=RESPONSE)).status_code == 403


async def test_people_hear_of_a_limit_in_time_and_once(
    database: Database, gina: AsyncClient, monitor: AsyncClient
) -> None:
    """R3: thirty days before, and not again every night."""
    key = await create_series(database, gina, key="acme.disk", name="Disk", unit="GiB")
    grown = [float(n) for n in range(40)]
    await monitor.post("/v1/samples", json=batch(key, NINE - 40 * DAY, *grown, every=DAY))
    limit = {"limit": 100, "plan_ahead_seconds": 30 * 86_400}
    updated = (await gina.post(f"/v1/series/{key}/limits", json=limit)).json()
    assert updated["limit_status"] == "ok"
    await monitor.post("/v1/samples", json=batch(key, NINE - HOUR, 41.0))
    for day in range(1, 35):
        await freeze_time(database, NINE + day * DAY)
        await monitor.post("/v1/samples", json=batch(key, NINE + day * DAY - HOUR, 40.0 + day))
        await fire_due(database, TIMERS)
    usage_events = [
        one for one in await outbox_events(database) if one.type.startswith("opsdesk.usage")
    ]
    assert [one.type for one in usage_events] == ["opsdesk.usage.limit_approaching.v1"]
    assert usage_events[0].body["expected"] in CROSSED
    assert usage_events[0].sequence == 1
    outlook = (await gina.get(f"/v1/series/{key}/forecast")).json()
    assert (outlook["limit_status"], outlook["expected"]) in [
        ("approaching", day) for day in CROSSED
    ]
    assert len((await gina.get(f"/v1/series/{key}/forecasts")).json()["items"]) == 35
    picture = await gina.get(f"/v1/series/{key}/forecast.svg")
    assert picture.headers["content-type"] == "image/svg+xml"


async def test_samples_and_promises_are_never_rewritten(database: Database) -> None:
    for table in ("samples", "measured_promises", "usage_limits"):
        async with database.transaction() as tx:
            may = "SELECT has_table_privilege(current_user, :table, 'UPDATE')"
            assert not await tx.scalar(text(may), {"table": table})

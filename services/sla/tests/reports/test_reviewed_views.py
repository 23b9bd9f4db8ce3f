"""What BI tools read of availability, measured promises and reviews is what the reviews say (R1, C12, A5)."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time
from opsdesk_testing.psql import Psql
from sla.agreements.domain.goals import Goal
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE, promise
from sla_support.outage_scenario import acme_on_monday_evening, outage_body
from sla_support.outages import add_outage
from sla_support.review_month import DAY, JULY

REVIEW = "/v1/reviews/acme-2026-06"
SERIES = {"key": "acme.response", "name": "Response time", "unit": "ms", "customer": "acme"}
QUICK = {"better": "lower", "statistic": "max", "target": 300, "valid_from": "2026-01-01T00:00:00Z"}
SLOWER = QUICK | {"target": 400, "valid_from": "2026-07-01T00:00:00Z"}
ZEBRA = "The zebra restores no data."
ACTION = {"title": ZEBRA, "criterion": ZEBRA, "owner": "anna", "due": "2026-07-20"}


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "anna") as caller:
        yield caller


@pytest.fixture
async def june(database: Database, app: FastAPI, gina: AsyncClient) -> None:
    """A June with eleven hours of outage, of which eight were agreed, and two samples; its review is drawn up."""
    goals = (Goal("availability", 0.99),)
    await promise(database, timezone="Europe/Amsterdam", availability=0.99, goals=goals)
    await freeze_time(database, NINE + 11 * HOUR)
    await add_outage(database, NINE, NINE + 11 * HOUR)
    for path, body in (
        ("", SERIES),
        ("/acme.response/promises", QUICK),
        ("/acme.response/promises", SLOWER),
    ):
        answer = await gina.post(f"/v1/series{path}", json=body)
        assert answer.status_code == 201, answer.text
    samples = [
        {"series": "acme.response", "at": (NINE + n * HOUR).isoformat(), "value": value}
        for n, value in enumerate((100, 350))
    ]
    async with client(app, "monitor") as monitor:
        assert (await monitor.post("/v1/samples", json={"samples": samples})).status_code == 200
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)


@pytest.mark.usefixtures("june")
async def test_availability_is_a_row_for_each_service_and_for_production(
    psql: Psql, dana: AsyncClient
) -> None:
    uptimes = (await dana.get(REVIEW)).json()["report"]["uptimes"]
    read = await psql(
        "SELECT month, edition, preliminary, service, met, agreed_seconds, down_seconds, mttr_seconds"
        " FROM sla_availability ORDER BY service NULLS FIRST",
        "SELECT coalesce(service, 'Production'), round(availability::numeric, 12), promised FROM sla_availability"
        " ORDER BY service NULLS FIRST",
        "SELECT coalesce(service, 'all'), day, down_seconds FROM sla_daily_downtime ORDER BY 1",
        "SELECT goal, metric, target, state, round(share::numeric, 4) FROM sla_goals",
    )
    assert read.errors == ""
    agreed, down, outage = (str(hours * 3600) for hours in (22 * 9, 8, 11))
    assert read.rows == [
        ["2026-06", "0", "f", "", "f", agreed, down, outage],
        ["2026-06", "0", "f", "billing", "f", agreed, down, outage],
        *([one["subject"], f"{one['availability']:.12f}", "0.99"] for one in uptimes),
        ["all", "2026-06-01", outage],
        ["billing", "2026-06-01", outage],
        ["99 % availability", "availability", "0.99", "missed", "0.9596"],
    ]


@pytest.mark.usefixtures("june")
async def test_measured_promises_are_rows_with_what_was_measured(psql: Psql) -> None:
    read = await psql(
        "SET timezone = 'UTC'",
        "SELECT series, version, unit, statistic, target, valid_until FROM sla_measured_promises ORDER BY version",
        "SELECT series, day, samples, lowest, mean, highest FROM sla_measured_days",
        "SELECT month, name, statistic, target, actual, verdict FROM sla_measured_results",
    )
    assert read.errors == ""
    assert read.rows == [
        ["acme.response", "1", "ms", "max", "300", "2026-07-01 00:00:00+00"],
        ["acme.response", "2", "ms", "max", "400", ""],
        ["acme.response", "2026-06-01", "2", "100", "225", "350"],
        ["2026-06", "Response time", "max", "300", "350", "breached"],
    ]


@pytest.mark.usefixtures("june")
async def test_reviews_their_editions_and_actions_are_rows(
    database: Database, psql: Psql, dana: AsyncClient, anna: AsyncClient, theo: AsyncClient
) -> None:
    agreed = await dana.post(REVIEW + "/actions", json=ACTION)
    assert agreed.status_code == 201, agreed.text
    assert (await dana.post(REVIEW + "/publish")).status_code == 200
    await freeze_time(database, JULY + DAY)
    await add_outage(database, NINE + 2 * DAY, NINE + 2 * DAY + HOUR, known_at=JULY + DAY)
    assert (await theo.post(REVIEW + "/regenerate")).status_code == 200
    draft = await psql(
        "SELECT edition, down_seconds FROM sla_availability WHERE service = 'billing'"
    )
    assert draft.rows == [["1", str(8 * 3600)]], "what is published stays until the next edition"
    assert (await dana.post(REVIEW + "/publish", json={"reason": ZEBRA})).status_code == 200
    done = await anna.post(
        f"/v1/review-actions/{agreed.json()['key']}/finish", json={"evidence": ZEBRA}
    )
    assert done.status_code == 200, done.text
    read = await psql(
        "SELECT edition, down_seconds FROM sla_availability WHERE service = 'billing'",
        "SELECT review, month, edition, actions, actions_verified, last_published_at - published_at FROM sla_reviews",
        "SELECT edition, generated_by, published_by, round(availability::numeric, 4) FROM sla_review_editions"
        " ORDER BY edition",
        "SELECT action, month, owner, due, state, done_by, verified_by FROM sla_review_actions",
    )
    assert read.errors == ""
    key = agreed.json()["key"]
    assert read.rows == [
        ["2", str(9 * 3600)],
        ["acme-2026-06", "2026-06", "2", "1", "0", "1 day"],
        ["1", "opsdesk", "dana", "0.9596"],
        ["2", "theo", "dana", "0.9545"],
        [key, "2026-06", "anna", "2026-07-20", "done", "anna", ""],
    ]
    shown = await psql(
        *(
            f"SELECT to_jsonb({name}) FROM {name}"
            for name in ("sla_reviews", "sla_review_editions", "sla_review_actions")
        )
    )
    assert key in str(shown.rows)
    assert ZEBRA not in str(shown.rows), "nothing that people wrote is shown"


async def test_warnings_of_the_running_month_are_rows(
    database: Database, psql: Psql, theo: AsyncClient
) -> None:
    """Eight hours of 198: more than 1 %, before any review says so."""
    await acme_on_monday_evening(database)
    reported = await theo.post("/v1/outages", json=outage_body())
    assert reported.status_code == 201, reported.text
    await fire_due(database, TIMERS)
    read = await psql("SELECT agreement, month, share FROM sla_downtime_warnings ORDER BY share")
    assert read.errors == ""
    assert read.rows == [
        ["acme-standard", "2026-06", share] for share in ("0.5", "0.75", "0.9", "1.0")
    ]

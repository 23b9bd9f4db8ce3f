"""Intake's views for BI tools, by PostgreSQL's own `psql` as their role (architecture, 11)."""

from datetime import UTC, datetime, timedelta

from httpx import AsyncClient

from common.persistence.database import Database
from intake.bi_views import VIEWS
from intake_support.tickets import OVER
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.psql import Psql

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = sorted(f"intake_{view.name}" for view in VIEWS)
DOWN = {"title": "Billing is down", "environment": "acme-prod", "description": "Call 0301234"}


async def test_a_ticket_is_one_row_with_what_its_work_took(
    database: Database, psql: Psql, anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    key = (await jan.post("/v1/tickets", json=DOWN)).json()["key"]
    await anna.post(f"/v1/tickets/{key}/assign", json={"to": "anna"})
    await freeze_time(database, NINE + 2 * HOUR)
    await anna.post(f"/v1/tickets/{key}/resolve", json={"resolution": "restarted"})
    await freeze_time(database, NINE + 3 * HOUR)
    assert (await omar.post(f"/v1/tickets/{key}/verify")).status_code == 200
    await jan.post("/v1/tickets", json=DOWN)
    result = await psql(
        "SELECT ticket, customer, environment, tier, channel, state, resolution_seconds,"
        " verification_seconds FROM intake_tickets ORDER BY ticket_id"
    )
    assert result.rows == [
        [key, "acme", "acme-prod", "production", "portal", "verified", "7200", "3600"],
        ["OPS-1002", "acme", "acme-prod", "production", "portal", "new", "", ""],
    ]


async def test_hand_overs_and_alerts_are_rows(
    psql: Psql, anna: AsyncClient, monitor: AsyncClient
) -> None:
    """R5"""
    post = {
        "version": "4",
        "groupKey": "g1",
        "status": "firing",
        "alerts": [
            {
                "status": "firing",
                "labels": {"customer": "acme", "env": "prod", "severity": "critical"},
                "annotations": {"summary": "Checkout p99 over 2s"},
                "startsAt": "2030-01-07T08:30:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "fingerprint": "f1",
            }
        ],
    }
    (raised,) = (await monitor.post("/v1/alerts/alertmanager_webhook_v4", json=post)).json()[
        "alerts"
    ]
    await anna.post(f"/v1/tickets/{raised['ticket']}/forward", json=OVER)
    result = await psql(
        "SELECT ticket, severity, duration_seconds FROM intake_alerts JOIN intake_tickets"
        " USING (ticket_id)",
        "SELECT ticket, handed_to, at FROM intake_hand_overs JOIN intake_tickets USING (ticket_id)",
    )
    assert result.rows == [
        [raised["ticket"], "critical", ""],
        [raised["ticket"], "second_level", "2030-01-07 09:00:00+00"],
    ]


async def test_psql_lists_the_views_and_what_each_column_means(psql: Psql) -> None:
    listed = await psql(r"\dv reporting.*")
    assert [row[1] for row in listed.rows] == NAMES
    for view in VIEWS:
        described = await psql(rf"\d+ reporting.intake_{view.name}")
        descriptions = {row[0]: row[-1] for row in described.rows if len(row) > 5}
        assert descriptions == {one.name: one.description for one in view.columns}


async def test_nothing_that_people_wrote_and_nobody_outside_is_shown(
    psql: Psql, anna: AsyncClient, jan: AsyncClient
) -> None:
    """R16: what is not in a view needs no erasing there"""
    key = (await jan.post("/v1/tickets", json=DOWN)).json()["key"]
    await anna.post(f"/v1/tickets/{key}/forward", json=OVER)
    result = await psql(*(f"SELECT to_jsonb({name}) FROM {name}" for name in NAMES))
    shown = " ".join(cell for row in result.rows for cell in row)
    assert key in shown
    for private in ("Billing is down", "0301234", "stack trace", "a restart", "jan", "Jan", "anna"):
        assert private not in shown


async def test_tables_are_out_of_reach_and_nothing_is_written(psql: Psql) -> None:
    for refused in (
        "TABLE intake.tickets",
        "TABLE intake.contacts",
        "DELETE FROM intake_hand_overs",
    ):
        result = await psql("SET default_transaction_read_only = off", refused)
        assert (result.succeeded, result.rows) == (False, [])
        assert "permission denied" in result.errors

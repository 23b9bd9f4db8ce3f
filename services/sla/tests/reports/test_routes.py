"""Reports over HTTP: what is counted, in which steps, and who may see it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from common.events.tickets import TicketForwarded, TicketReopened, TicketReplied, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import find_wrong_figures, recount_all
from sla.timers import TIMERS
from sla_support.assertions import violation_pointers
from sla_support.company import (
    BRIGHTWATER,
    HOUR,
    NINE,
    promise,
    ticket_event,
    ticket_opened,
    underpin,
)

DAY = timedelta(days=1)
JUNE = "from=2026-06-01&to=2026-07-01"


@pytest.fixture
async def june_tickets(database: Database, theo: AsyncClient) -> None:
    """Acme: 1 resolved in two hours and opened again, 2 breached and open; Brightwater: 3 open."""
    await promise(database)
    await promise(database, (BRIGHTWATER, "brightwater"))
    brightwater = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
    await deliver(
        database, HANDLERS, (ticket_opened(1, service="billing"), 1), (ticket_opened(2), 1)
    )
    await deliver(database, HANDLERS, (ticket_opened(3, NINE + 40 * DAY, **brightwater), 1))
    reply = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=UUID(int=7))
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR)
    again = ticket_event(TicketReopened, 1, NINE + 8 * DAY)
    await deliver(database, HANDLERS, (reply, 2), (solved, 3), (again, 4))
    await freeze_time(database, NINE + 30 * DAY)
    await fire_due(database, TIMERS)
    await recount_all(database)


async def get_report(caller: AsyncClient, report: str, query: str = "") -> Any:
    answer = await caller.get(f"/v1/reports/{report}?{JUNE}&{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("june_tickets")
async def test_volume_with_its_trend(theo: AsyncClient) -> None:
    report = await get_report(theo, "volume", "step=week")
    assert report["total"] == {
        "opened": 2,
        "resolved": 1,
        "rejected": 0,
        "reopened": 1,
        "merged": 0,
        "reopen_rate": 1.0,
        "backlog_change": 2,
    }
    assert report["previous_period"]["opened"] == 0
    assert [row["opened"] for row in report["rows"]] == [2, 0, 0, 0, 0]
    assert [row["reopened"] for row in report["rows"]] == [0, 1, 0, 0, 0]
    assert (report["rows"][0]["starts_on"], report["pending"]) == ("2026-06-01", 0)
    by_service = await get_report(theo, "volume", "group_by=service")
    assert {row["group"]: row["opened"] for row in by_service["rows"]} == {"": 1, "billing": 1}


@pytest.mark.usefixtures("june_tickets")
async def test_compliance_per_customer_metric_and_contract(theo: AsyncClient) -> None:
    """R2: raw and adjusted; R13: partners' contracts are another question"""
    report = await get_report(theo, "compliance", "group_by=metric")
    counts = {row["group"]: (row["met"], row["breached"]) for row in report["rows"]}
    assert counts == {"first_response": (1, 1), "resolution": (0, 2)}
    assert (report["total"]["raw"], report["total"]["adjusted"]) == (0.25, 0.25)
    by_customer = await get_report(theo, "compliance", "group_by=customer&metric=resolution")
    assert [(row["group"], row["total"]) for row in by_customer["rows"]] == [("acme", 2)]
    partners = await get_report(theo, "compliance", "contract=uc&group_by=agreement")
    assert (partners["rows"], partners["total"]["total"]) == ([], 0)


@pytest.mark.usefixtures("june_tickets")
async def test_how_long_it_took(theo: AsyncClient) -> None:
    report = await get_report(theo, "response", "customer=acme")
    assert (report["total"]["ended"], report["total"]["mean_seconds"]) == (1, 3600)
    assert abs(report["total"]["p95_seconds"] - 3600) < 180
    elapsed = await get_report(theo, "response", "metric=lifetime&group_by=priority&step=month")
    assert elapsed["total"]["ended"] == 0  # the one that was resolved is open again


@pytest.mark.usefixtures("june_tickets")
async def test_the_backlog_at_the_end_of_each_day_and_its_age_now(theo: AsyncClient) -> None:
    report = await get_report(theo, "backlog", "step=day&customer=acme")
    open_at_night = [row["tickets"] for row in report["rows"]]
    assert open_at_night == [1] * 8 + [2] * 22
    assert report["rows"][0]["mean_age_seconds"] == 17 * 3600  # from 07:00 to midnight, UTC
    ages = {one["from_days"]: one["tickets"] for one in report["ages"]}
    assert (ages[30], sum(ages.values())) == (2, 2)
    everybody = await get_report(theo, "backlog", "group_by=customer")
    assert [(row["group"], row["tickets"]) for row in everybody["rows"]] == [("acme", 2)]
    assert everybody["total"]["tickets"] == 2


@pytest.mark.usefixtures("june_tickets")
async def test_a_customer_sees_the_own_figures_only(theo: AsyncClient, jan: AsyncClient) -> None:
    """R4"""
    late = f"{JUNE}&to=2026-08-01".replace("&to=2026-07-01", "")
    assert (await theo.get(f"/v1/reports/volume?{late}")).json()["total"]["opened"] == 3
    own = (await jan.get(f"/v1/reports/volume?{late}&group_by=customer")).json()
    assert [(row["group"], row["opened"]) for row in own["rows"]] == [("acme", 2)]
    for report in ("volume", "compliance", "response", "backlog"):
        other = await get_report(jan, report, "customer=brightwater&group_by=customer")
        assert other["rows"] == []
    assert (await get_report(jan, "compliance", "contract=ola"))["total"]["total"] == 0


async def test_questions_that_no_report_answers_are_refused(theo: AsyncClient) -> None:
    for query, pointer in (
        ("from=2026-06-02&to=2026-06-02", "/query/to"),
        ("from=0001-01-01&to=0001-02-01", "/query/from"),
        ("from=2026-06-01&to=9999-12-31", "/query/to"),
        ("from=2000-01-01&to=2009-01-01&step=day", "/query/step"),
        ("from=yesterday", "/query/from"),
        ("step=year", "/query/step"),
        ("group_by=moon", "/query/group_by"),
    ):
        assert violation_pointers(await theo.get(f"/v1/reports/volume?{query}")) == [pointer], query


async def test_without_a_period_it_is_this_month(theo: AsyncClient) -> None:
    report = (await theo.get("/v1/reports/backlog")).json()
    assert (report["starts_on"], report["ends_on"]) == ("2026-06-01", "2026-06-02")


async def test_partners_contracts_are_reported_apart(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R13: the partner breaks what it promised us; the customer's figures know nothing of it"""
    await underpin(database, await promise(database), "hosthaven")
    away = ticket_event(
        TicketForwarded, 1, NINE + HOUR, state="forwarded", to="partner", partner="hosthaven"
    )
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (away, 2))
    await freeze_time(database, NINE + 7 * HOUR)
    await fire_due(database, TIMERS)
    await recount_all(database)
    partner_report = await get_report(
        theo, "compliance", "contract=uc&group_by=agreement&metric=resolution"
    )
    assert [(row["group"], row["breached"]) for row in partner_report["rows"]] == [
        ("hosthaven-standard", 1)
    ]
    customer_report = await get_report(theo, "compliance", "group_by=contract")
    assert [(row["group"], row["breached"]) for row in customer_report["rows"]] == [("sla", 1)]
    assert (await get_report(jan, "compliance", "contract=uc"))["total"]["total"] == 0
    assert [wrong async for wrong in find_wrong_figures(database)] == []

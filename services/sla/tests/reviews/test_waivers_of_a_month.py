"""The waivers in a review are those that cover its breaches; what else was asked for is for staff (C11)."""

from datetime import timedelta
from typing import Any

from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.company import NINE, promise, ticket_opened
from sla_support.review_month import DAY, JULY
from sla_support.waivers import request_for_period

REVIEW = "/v1/reviews/acme-2026-06"


async def published_report(
    theo: AsyncClient, dana: AsyncClient, caller: AsyncClient
) -> dict[str, Any]:
    """The report that the caller reads once it is published."""
    assert (await dana.post(f"{REVIEW}/regenerate")).status_code == 200
    published = await theo.post(f"{REVIEW}/publish", json={})
    assert published.status_code == 200, published.text
    report: dict[str, Any] = (await caller.get(REVIEW)).json()["report"]
    return report


async def test_a_waiver_that_was_asked_for_earlier_stands_beside_the_breach_that_it_covers(
    database: Database, theo: AsyncClient, gina: AsyncClient, dana: AsyncClient, jan: AsyncClient
) -> None:
    """And what covers nothing, or was withdrawn, is no matter of the customer's."""
    await promise(database, metrics=("resolution",))
    await freeze_time(database, NINE - 10 * DAY)
    span = (NINE - DAY, NINE + 5 * DAY)
    covering = await request_for_period(theo, *span, expires_at=(NINE + 5 * DAY).isoformat())
    await gina.post(f"{covering}/approve", json={})
    await freeze_time(database, NINE)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    later = (NINE + 6 * DAY, NINE + 8 * DAY)
    idle = await request_for_period(theo, *later, expires_at=(NINE + 8 * DAY).isoformat())
    await gina.post(f"{idle}/approve", json={})
    dropped = await request_for_period(theo, *later, expires_at=(NINE + 8 * DAY).isoformat())
    withdrawn = await theo.post(f"{dropped}/withdraw", json={"reason": "Not needed"})
    assert withdrawn.status_code == 200
    await freeze_time(database, NINE + 2 * DAY)
    await fire_due(database, TIMERS)
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    await freeze_time(database, JULY + timedelta(hours=1))
    shown = await published_report(theo, dana, jan)
    (breach,) = shown["breaches"]
    assert [one["key"] for one in shown["waivers"]] == [breach["waiver"]]
    of_staff = (await dana.get(REVIEW)).json()["report"]
    assert [one["key"] for one in of_staff["waivers"]] == [breach["waiver"]]
    assert [one["state"] for one in of_staff["requests"]] == ["expired", "withdrawn"]
    assert "requests" not in shown
    assert {one["state"] for one in shown["waivers"]} == {"approved"}
    paper = (await jan.get(REVIEW, params={"format": "html", "language": "en"})).text
    assert "Other requests" not in paper
    assert "No breach was approved" not in paper
    asked = {"format": "html", "language": "en"}
    assert "Other requests for waivers" in (await dana.get(REVIEW, params=asked)).text
    agenda = (await jan.get(REVIEW)).json()["agenda"]
    assert "Vooraf goedgekeurde overschrijdingen: 1" in agenda

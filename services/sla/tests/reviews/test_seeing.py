"""Who sees which review, what leaders see, and what bad questions are told."""

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.protocol import fire_due, freeze_time
from sla.reports.rollup_jobs import recount_all
from sla.timers import TIMERS
from sla_support.assertions import violation_pointers
from sla_support.company import ACME, BRIGHTWATER, announce_customers
from sla_support.review_month import JULY, run_june


async def test_a_customer_sees_the_own_reviews_and_no_others(
    database: Database, dana: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    for customer in ("acme", "brightwater"):
        await dana.post(f"/v1/reviews/{customer}-2026-06/publish")
    assert len((await dana.get("/v1/reviews?month=2026-06")).json()["items"]) == 2
    visible = (await jan.get("/v1/reviews")).json()["items"]
    assert [one["customer"] for one in visible] == ["acme"]
    assert (await jan.get("/v1/reviews?customer=brightwater")).json()["items"] == []
    assert (await jan.get("/v1/reviews/brightwater-2026-06")).status_code == 404
    assert (await jan.get("/v1/reviews/brightwater-2026-06?format=pdf")).status_code == 404
    assert (await jan.get("/v1/leadership-report?month=2026-06")).status_code == 403
    assert (
        await jan.post("/v1/reviews/acme-2026-06/minutes", json={"text": "no"})
    ).status_code == 403


async def test_bad_requests_get_the_violations(database: Database, dana: AsyncClient) -> None:
    await announce_customers(database, (ACME, "acme"))
    for month in ("2026-13", "June", "99999-01", "2026-06-01", ""):
        body = {"customer": "acme", "month": month}
        assert violation_pointers(await dana.post("/v1/reviews", json=body)) == ["/month"]
        response = await dana.get("/v1/reviews", params={"month": month})
        assert response.status_code == 422
    future = {"customer": "acme", "month": "2026-07"}
    assert violation_pointers(await dana.post("/v1/reviews", json=future)) == ["/month"]
    nobody = {"customer": "nobody", "month": "2026-05"}
    assert violation_pointers(await dana.post("/v1/reviews", json=nobody)) == ["/customer"]
    await dana.post("/v1/reviews", json={"customer": "acme", "month": "2026-05"})
    huge = await dana.post("/v1/reviews/acme-2026-05/minutes", json={"text": "x" * 10_001})
    assert violation_pointers(huge) == ["/text"]
    assert (await dana.get("/v1/reviews/acme-2026-04")).status_code == 404
    stale = await dana.post("/v1/reviews/acme-2026-05/regenerate", headers={"If-Match": '"7"'})
    assert stale.status_code == 412


async def test_leaders_see_all_customers_with_what_is_owed(
    database: Database, gina: AsyncClient, dana: AsyncClient
) -> None:
    await run_june(database)
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    action = {
        "title": "Watch the disk",
        "criterion": "An alert",
        "owner": "anna",
        "due": "2026-07-31",
    }
    await dana.post("/v1/reviews/acme-2026-06/actions", json=action)
    await recount_all(database)
    leadership_report = (await gina.get("/v1/leadership-report?month=2026-06")).json()
    acme, brightwater = leadership_report["customers"]
    shown = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    assert acme["usage"] == shown["usage"], "the same figures as in the customer's own review"
    assert (acme["review"], acme["open_actions"], acme["overdue_actions"]) == (
        "to be published",
        1,
        0,
    )
    assert (brightwater["review"], brightwater["usage"]["opened"]) == ("not drawn up", 0)
    assert leadership_report["trend"][-1]["opened"] == 2
    for form in ("html", "pdf", "xlsx", "csv"):
        assert (
            await gina.get(f"/v1/leadership-report?month=2026-06&format={form}")
        ).status_code == 200
    assert (await gina.get("/v1/leadership-report?month=2026-6")).status_code == 422
    assert (await gina.get("/v1/leadership-report")).status_code == 422


async def _execute_as_service(database: Database, change: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("SET LOCAL ROLE opsdesk_sla"))
        await tx.execute(text(change))

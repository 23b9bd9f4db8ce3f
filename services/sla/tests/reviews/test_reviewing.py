"""Reviews at the edges: drawn up when the month is over, published by two, frozen, seen by whom."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.database import Database
from common.events.deliveries import DeliveryApproved, DeliverySubmitted, DeliveryVerified
from common.events.directory import CustomerKnown, EnvironmentKnown
from common.events.tickets import TicketReplied, TicketResolved
from common.testing.client import client
from common.testing.protocol import Told, fire, hear, stand_at, told
from sla.counting import count_all
from sla.handlers import HANDLERS
from sla.testing.company import ACME, BRIGHTWATER, HOUR, NINE, know, opened, promise, said
from sla.testing.looking import resolution, whole, wrong
from sla.timers import TIMERS

DAY = timedelta(days=1)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
"""Midnight in Amsterdam."""


@pytest.fixture
async def dana(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "dana") as caller:
        yield caller


async def june(database: Database) -> None:
    """Two tickets of Acme: one solved in time, one late; and the month is over."""
    await promise(database, metrics=("first_response", "resolution"))
    replied = said(TicketReplied, 1, NINE + HOUR, message_id=UUID(int=1))
    await hear(database, HANDLERS, (opened(1), 1), (opened(2), 1))
    await hear(database, HANDLERS, (replied, 2))
    await stand_at(database, NINE + 4 * HOUR)
    await hear(database, HANDLERS, (said(TicketResolved, 1, NINE + 4 * HOUR), 3))
    await fire(database, TIMERS)
    await stand_at(database, NINE + 2 * DAY)
    await fire(database, TIMERS)
    await hear(database, HANDLERS, (said(TicketResolved, 2, NINE + 2 * DAY), 2))
    await stand_at(database, JULY)
    await fire(database, TIMERS)


async def said_of_reviews(database: Database) -> list[Told]:
    return [one for one in await told(database) if one.type.startswith("opsdesk.review.")]


async def test_when_the_month_is_over_where_the_customer_lives_its_review_is_drawn_up(
    database: Database, dana: AsyncClient
) -> None:
    """S1"""
    await know(database, (ACME, "acme"))
    await stand_at(database, JULY - timedelta(microseconds=1))
    await fire(database, TIMERS)
    assert (await dana.get("/v1/reviews")).json()["items"] == []
    await stand_at(database, JULY)
    await fire(database, TIMERS)
    (review,) = (await dana.get("/v1/reviews")).json()["items"]
    assert (review["key"], review["edition"]) == ("acme-2026-06", 0)
    (ready,) = await said_of_reviews(database)
    assert (ready.type, ready.body["roles"]) == ("opsdesk.review.ready.v1", ["dm"])
    await stand_at(database, JULY + 40 * DAY)
    await fire(database, TIMERS)
    assert [one["month"] for one in (await dana.get("/v1/reviews")).json()["items"]] == [
        "2026-07",
        "2026-06",
    ]


async def test_after_a_down_time_no_month_is_missing(database: Database, dana: AsyncClient) -> None:
    """Also where the customer is told of again before the timers come to it."""
    await know(database, (ACME, "acme"))
    await stand_at(database, JULY + 70 * DAY)
    again = CustomerKnown(
        at=JULY,
        customer_id=ACME,
        customer="acme",
        name="Acme",
        timezone="Europe/Amsterdam",
        language="nl",
    )
    await hear(database, HANDLERS, (again, 2))
    await fire(database, TIMERS)
    months = [one["month"] for one in (await dana.get("/v1/reviews")).json()["items"]]
    assert months == ["2026-08", "2026-07", "2026-06"]


async def test_who_left_is_reviewed_no_more(database: Database, dana: AsyncClient) -> None:
    await know(database, (ACME, "acme"))
    gone = CustomerKnown(
        at=NINE,
        customer_id=ACME,
        customer="acme",
        name="Acme",
        timezone="Europe/Amsterdam",
        language="nl",
        retired=True,
    )
    await hear(database, HANDLERS, (gone, 2))
    await stand_at(database, JULY + 40 * DAY)
    await fire(database, TIMERS)
    assert (await dana.get("/v1/reviews")).json()["items"] == []


async def test_the_report_tells_the_month(database: Database, dana: AsyncClient) -> None:
    await june(database)
    shown = await dana.get("/v1/reviews/acme-2026-06")
    report = shown.json()["report"]
    assert shown.headers["ETag"] == '"1"'
    usage = report["usage"]
    assert (usage["opened"], usage["resolved"], usage["open"]) == (2, 2, 0)
    counted = usage["compliance"]
    assert (counted["met"], counted["breached"], counted["excused"]) == (2, 2, 0)
    assert (counted["raw"], counted["adjusted"]) == (0.5, 0.5)
    assert [one["name"] for one in report["metrics"]] == ["first_response", "resolution"]
    assert report["days"][0] == {"day": "2026-06-01", "opened": 2, "resolved": 1}
    assert report["days"][2] == {"day": "2026-06-03", "opened": 0, "resolved": 1}
    broken = {one["metric"]: one for one in report["breaches"]}
    assert broken["resolution"]["ticket"] == "OPS-2"
    # Three days of nine hours, less an hour on the first, of which eight were promised.
    assert broken["resolution"]["overrun_seconds"] == 10 * 3600
    spread = {one["metric"]: one for one in report["spreads"]}["resolution"]
    assert spread["count"] == 2
    assert spread["p50"] == pytest.approx(4 * 3600, rel=0.05)
    assert spread["p95"] == pytest.approx(18 * 3600, rel=0.05)
    assert report["notes"] == []
    await whole(database)


async def test_reasons_waivers_and_changes_stand_in_it(
    database: Database, theo: AsyncClient, gina: AsyncClient, dana: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1))
    clock = (await resolution(database)).id
    body = {"clock_id": str(clock), "reason": "The supplier is down"}
    body["expires_at"] = (NINE + 30 * HOUR).isoformat()
    asked = (await theo.post("/v1/waivers", json=body)).json()
    await gina.post(f"/v1/waivers/{asked['key']}/approve", json={})
    coming: dict[str, Any] = {
        "at": NINE,
        "version_id": None,
        "product": "billing",
        "digest": None,
        "environment_id": UUID(int=3),
        "environment": "acme-prod",
        "customer": "acme",
        "attempt": 1,
    }
    first: dict[str, Any] = {"delivery_id": UUID(int=1), "delivery": "DLV-1", "version": "2.3.1"}
    second: dict[str, Any] = {"delivery_id": UUID(int=2), "delivery": "DLV-2", "version": "2.4.0"}
    for event, number in (
        (DeliverySubmitted(**coming, **first, state="in_review"), 1),
        (DeliverySubmitted(**coming, **second, state="in_review"), 1),
        (DeliveryApproved(**coming, **second, state="approved", approvers=["theo"]), 2),
        (DeliveryVerified(**coming, **first, state="delivered"), 2),
    ):
        await hear(database, HANDLERS, (event, number))
    await stand_at(database, NINE + 2 * DAY)
    await fire(database, TIMERS)
    await stand_at(database, JULY)
    await fire(database, TIMERS)
    reason = {"clock_id": str(clock), "text": "The index was built by day, against the plan"}
    said_so = await dana.post("/v1/reviews/acme-2026-06/reasons", json=reason)
    assert (said_so.status_code, said_so.json()["ticket"]) == (201, "OPS-1")
    before = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    assert [one["remark"] for one in before["breaches"]] == [None]
    assert (await dana.post("/v1/reviews/acme-2026-06/draw-again")).status_code == 200
    report = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    (broken,) = report["breaches"]
    assert (broken["remark"], broken["waiver"]) == (reason["text"], asked["key"])
    assert [(one["key"], one["state"]) for one in report["waivers"]] == [(asked["key"], "expired")]
    assert [(one["key"], one["state"]) for one in report["upcoming"]] == [("DLV-2", "approved")]
    assert [(one["key"], one["state"]) for one in report["delivered"]] == [("DLV-1", "delivered")]
    unknown = {"clock_id": str(UUID(int=99)), "text": "because"}
    assert wrong(await dana.post("/v1/reviews/acme-2026-06/reasons", json=unknown)) == ["/clock_id"]
    await whole(database)


async def test_outages_count_as_availability_counts_them(
    database: Database, theo: AsyncClient, dana: AsyncClient, gina: AsyncClient
) -> None:
    """C12: of what was agreed, in the agreement's zone"""
    await promise(database, timezone="Europe/Amsterdam", availability=0.99)
    known = EnvironmentKnown(
        at=NINE,
        environment_id=UUID(int=1),
        environment="acme-prod",
        customer_id=ACME,
        customer="acme",
        tier="production",
        name="Acme production",
    )
    await hear(database, HANDLERS, (known, 1))
    await stand_at(database, NINE + 12 * HOUR)
    said_so = {"environment": "acme-prod", "service": "billing", "reason": "Nobody can log in"}
    begun = await theo.post("/v1/outages", json=said_so | {"started_at": NINE.isoformat()})
    ended = {"ended_at": (NINE + 11 * HOUR).isoformat(), "reason": "Restarted"}
    await theo.post(begun.headers["Location"] + "/end", json=ended)
    await stand_at(database, JULY)
    await fire(database, TIMERS)
    report = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    (outage,) = report["outages"]
    assert (outage["subject"], outage["seconds"]) == ("billing on acme-prod", 11 * 3600)
    production, billing = report["uptimes"]
    assert (production["subject"], billing["subject"]) == ("Production", "billing")
    # From 09:00 to 20:00, of which until 17:00 was agreed; 22 working days of nine hours.
    assert billing["down_seconds"] == 8 * 3600
    assert billing["share"] == pytest.approx(1 - 8 / (22 * 9))
    assert (billing["promised"], billing["repair_seconds"]) == (0.99, 11 * 3600)
    assert billing["down"] == [["2026-06-01", 11 * 3600]]
    told = (await gina.get("/v1/leadership-report?month=2026-06")).json()
    (acme,) = told["customers"]
    assert (acme["availability"], acme["outages"]) == (production["share"], 1)


async def test_reserved_hours_are_told_as_they_are_booked(
    database: Database, theo: AsyncClient, dana: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, reserved=10 * HOUR)
    await hear(database, HANDLERS, (opened(1), 1))
    work = {"ticket": "OPS-1", "minutes": 90, "day": "2026-06-01"}
    assert (await theo.post("/v1/work", json=work)).status_code == 201
    await stand_at(database, JULY)
    await fire(database, TIMERS)
    shown = (await dana.get("/v1/reviews/acme-2026-06")).json()
    (hours,) = shown["report"]["reserved"]
    assert (hours["reserved_seconds"], hours["used_seconds"]) == (36_000, 5_400)
    assert "Reserved hours" in shown["agenda"]
    (acme,) = (await gina.get("/v1/leadership-report?month=2026-06")).json()["customers"]
    assert (acme["reserved_seconds"], acme["used_seconds"]) == (36_000, 5_400)


async def test_what_is_published_stays_as_it_was_known(
    database: Database, theo: AsyncClient, dana: AsyncClient, jan: AsyncClient
) -> None:
    """A5: a later correction is a new edition, with its reason, by two people"""
    await june(database)
    address = "/v1/reviews/acme-2026-06"
    assert (await jan.get(address)).status_code == 404
    published = await dana.post(address + "/publish")
    assert (published.status_code, published.json()["edition"]) == (200, 1)
    assert (await dana.post(address + "/publish", json={})).status_code == 409
    first = (await jan.get(address)).json()
    late = opened(3, NINE + HOUR)
    await hear(database, HANDLERS, (late, 1))
    assert (await jan.get(address)).json()["report"] == first["report"]
    await stand_at(database, JULY + HOUR)
    assert (await theo.post(address + "/draw-again")).status_code == 200
    assert (await jan.get(address)).json()["report"] == first["report"]
    own = await theo.post(address + "/publish", json={"reason": "A ticket was phoned in late"})
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert wrong(await dana.post(address + "/publish", json={})) == ["/reason"]
    again = await dana.post(address + "/publish", json={"reason": "A ticket was phoned in late"})
    assert again.json()["edition"] == 2
    newest = (await jan.get(address)).json()
    assert (newest["report"]["usage"]["opened"], newest["shown_edition"]) == (3, 2)
    assert (await jan.get(address + "?edition=1")).json()["report"] == first["report"]
    assert (await jan.get(address + "?edition=0")).status_code == 404
    assert (await jan.get(address + "?edition=3")).status_code == 404
    for change in (
        "UPDATE review_editions SET figures = '{}'",
        "DELETE FROM review_editions",
        "UPDATE review_minutes SET text = ''",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            await _as_the_service(database, change)
    kinds = [one.type.split(".")[2] for one in await said_of_reviews(database)]
    assert kinds == ["ready", "published", "ready", "published"]
    await whole(database)


async def test_who_drew_it_up_does_not_publish_it(database: Database, dana: AsyncClient) -> None:
    """Four eyes, in the database as well"""
    await know(database, (ACME, "acme"))
    body = {"customer": "acme", "month": "2026-06"}
    drawn = await dana.post("/v1/reviews", json=body)
    assert drawn.status_code == 201
    assert (await dana.post("/v1/reviews", json=body)).status_code == 409
    shown = (await dana.get(drawn.headers["Location"])).json()
    assert shown["report"]["notes"] == ["The month is not over: these figures are preliminary."]
    own = await dana.post(drawn.headers["Location"] + "/publish")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    with pytest.raises(DBAPIError, match="check"):
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "INSERT INTO review_editions SELECT id, 1, figures, NULL, drawn_by, drawn_at,"
                    " drawn_by, drawn_at FROM reviews"
                )
            )


async def test_its_audience_is_named_when_it_is_told_of(
    database: Database, dana: AsyncClient
) -> None:
    await june(database)
    contact = str(UUID(int=12))
    wanted = {"people": ["theo", "dana", "theo"], "contacts": [contact]}
    put = await dana.put("/v1/customers/acme/review-audience", json=wanted)
    assert put.json()["people"] == ["theo", "dana"]
    assert (await dana.get("/v1/customers/acme/review-audience")).json() == put.json()
    assert (await dana.put("/v1/customers/nobody/review-audience", json=wanted)).status_code == 404
    await dana.post("/v1/reviews/acme-2026-06/publish")
    published = (await said_of_reviews(database))[-1].body
    assert (published["people"], published["roles"]) == (["theo", "dana"], [])
    assert published["contacts"] == [contact]


async def test_it_comes_in_every_form(
    database: Database, dana: AsyncClient, jan: AsyncClient
) -> None:
    await june(database)
    address = "/v1/reviews/acme-2026-06"
    await dana.post(address + "/publish")
    media = {
        "html": "text/html; charset=utf-8",
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv; charset=utf-8",
    }
    for form, media_type in media.items():
        asked = await jan.get(f"{address}?format={form}")
        assert (asked.status_code, asked.headers["content-type"]) == (200, media_type)
        assert f"review-acme-2026-06.{form}" in asked.headers["content-disposition"]
        accepted = await jan.get(address, headers={"Accept": media_type.partition(";")[0]})
        assert accepted.content == asked.content or form == "xlsx"
    page = await jan.get(address, headers={"Accept": "text/html,application/xhtml+xml"})
    policies = page.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert "style-src 'sha256-" in policies[0]
    content = (await jan.get(address + "?format=pdf")).content
    told = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
    assert "Operational review, June 2026" in told
    assert "OPS-2" in told
    assert (await jan.get(address + "?format=docx")).status_code == 422


async def test_a_customer_sees_the_own_reviews_and_no_others(
    database: Database, dana: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    await know(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    await stand_at(database, JULY)
    await fire(database, TIMERS)
    for customer in ("acme", "brightwater"):
        await dana.post(f"/v1/reviews/{customer}-2026-06/publish")
    assert len((await dana.get("/v1/reviews?month=2026-06")).json()["items"]) == 2
    mine = (await jan.get("/v1/reviews")).json()["items"]
    assert [one["customer"] for one in mine] == ["acme"]
    assert (await jan.get("/v1/reviews?customer=brightwater")).json()["items"] == []
    assert (await jan.get("/v1/reviews/brightwater-2026-06")).status_code == 404
    assert (await jan.get("/v1/reviews/brightwater-2026-06?format=pdf")).status_code == 404
    assert (await jan.get("/v1/leadership-report?month=2026-06")).status_code == 403
    assert (
        await jan.post("/v1/reviews/acme-2026-06/minutes", json={"text": "no"})
    ).status_code == 403


async def test_bad_questions_are_told_what_is_wrong(database: Database, dana: AsyncClient) -> None:
    await know(database, (ACME, "acme"))
    for month in ("2026-13", "June", "99999-01", "2026-06-01", ""):
        body = {"customer": "acme", "month": month}
        assert wrong(await dana.post("/v1/reviews", json=body)) == ["/month"]
        asked = await dana.get("/v1/reviews", params={"month": month})
        assert asked.status_code == 422
    future = {"customer": "acme", "month": "2026-07"}
    assert wrong(await dana.post("/v1/reviews", json=future)) == ["/month"]
    nobody = {"customer": "nobody", "month": "2026-05"}
    assert wrong(await dana.post("/v1/reviews", json=nobody)) == ["/customer"]
    await dana.post("/v1/reviews", json={"customer": "acme", "month": "2026-05"})
    huge = await dana.post("/v1/reviews/acme-2026-05/minutes", json={"text": "x" * 10_001})
    assert wrong(huge) == ["/text"]
    assert (await dana.get("/v1/reviews/acme-2026-04")).status_code == 404
    stale = await dana.post("/v1/reviews/acme-2026-05/draw-again", headers={"If-Match": '"7"'})
    assert stale.status_code == 412


async def test_leaders_see_all_customers_with_what_is_owed(
    database: Database, gina: AsyncClient, dana: AsyncClient
) -> None:
    await june(database)
    await know(database, (BRIGHTWATER, "brightwater"))
    action = {
        "title": "Watch the disk",
        "criterion": "An alert",
        "owner": "anna",
        "due": "2026-06-30",
    }
    await dana.post("/v1/reviews/acme-2026-06/actions", json=action)
    await count_all(database)
    told = (await gina.get("/v1/leadership-report?month=2026-06")).json()
    acme, brightwater = told["customers"]
    shown = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    assert acme["usage"] == shown["usage"], "the same figures as in the customer's own review"
    assert (acme["review"], acme["open_actions"], acme["overdue_actions"]) == (
        "to be published",
        1,
        0,
    )
    assert (brightwater["review"], brightwater["usage"]["opened"]) == ("not drawn up", 0)
    assert told["trend"][-1]["opened"] == 2
    for form in ("html", "pdf", "xlsx", "csv"):
        assert (
            await gina.get(f"/v1/leadership-report?month=2026-06&format={form}")
        ).status_code == 200
    assert (await gina.get("/v1/leadership-report?month=2026-6")).status_code == 422
    assert (await gina.get("/v1/leadership-report")).status_code == 422


async def _as_the_service(database: Database, change: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("SET LOCAL ROLE opsdesk_sla"))
        await tx.execute(text(change))

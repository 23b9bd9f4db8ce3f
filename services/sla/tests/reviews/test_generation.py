"""Reviews are drawn up when the month is over, from what is known then."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from common.events.deliveries import DeliveryApproved, DeliverySubmitted, DeliveryVerified
from common.events.directory import CustomerKnown, EnvironmentKnown
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock, violation_pointers
from sla_support.company import ACME, HOUR, NINE, announce_customers, promise, ticket_opened
from sla_support.review_month import DAY, JULY, review_events, run_june


async def test_when_the_month_is_over_where_the_customer_lives_its_review_is_drawn_up(
    database: Database, dana: AsyncClient
) -> None:
    """S1"""
    await announce_customers(database, (ACME, "acme"))
    await freeze_time(database, JULY - timedelta(microseconds=1))
    await fire_due(database, TIMERS)
    assert (await dana.get("/v1/reviews")).json()["items"] == []
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    (review,) = (await dana.get("/v1/reviews")).json()["items"]
    assert (review["key"], review["edition"]) == ("acme-2026-06", 0)
    (ready,) = await review_events(database)
    assert (ready.type, ready.body["roles"]) == ("opsdesk.review.ready.v1", ["dm"])
    await freeze_time(database, JULY + 40 * DAY)
    await fire_due(database, TIMERS)
    assert [one["month"] for one in (await dana.get("/v1/reviews")).json()["items"]] == [
        "2026-07",
        "2026-06",
    ]


async def test_after_a_down_time_no_month_is_missing(database: Database, dana: AsyncClient) -> None:
    """Also where the customer is told of again before the timers come to it."""
    await announce_customers(database, (ACME, "acme"))
    await freeze_time(database, JULY + 70 * DAY)
    again = CustomerKnown(
        at=JULY,
        customer_id=ACME,
        customer="acme",
        name="Acme",
        timezone="Europe/Amsterdam",
        language="nl",
    )
    await deliver(database, HANDLERS, (again, 2))
    await fire_due(database, TIMERS)
    months = [one["month"] for one in (await dana.get("/v1/reviews")).json()["items"]]
    assert months == ["2026-08", "2026-07", "2026-06"]


async def test_who_left_is_reviewed_no_more(database: Database, dana: AsyncClient) -> None:
    await announce_customers(database, (ACME, "acme"))
    gone = CustomerKnown(
        at=NINE,
        customer_id=ACME,
        customer="acme",
        name="Acme",
        timezone="Europe/Amsterdam",
        language="nl",
        retired=True,
    )
    await deliver(database, HANDLERS, (gone, 2))
    await freeze_time(database, JULY + 40 * DAY)
    await fire_due(database, TIMERS)
    assert (await dana.get("/v1/reviews")).json()["items"] == []


async def test_the_report_tells_the_month(database: Database, dana: AsyncClient) -> None:
    await run_june(database)
    shown = await dana.get("/v1/reviews/acme-2026-06")
    report = shown.json()["report"]
    assert shown.headers["ETag"] == '"1"'
    usage = report["usage"]
    assert (usage["opened"], usage["resolved"], usage["open"]) == (2, 2, 0)
    counted = usage["compliance"]
    assert (counted["met"], counted["breached"], counted["waived"]) == (2, 2, 0)
    assert (counted["raw"], counted["adjusted"]) == (0.5, 0.5)
    assert [one["name"] for one in report["metrics"]] == ["first_response", "resolution"]
    assert report["days"][0] == {"day": "2026-06-01", "opened": 2, "resolved": 1}
    assert report["days"][2] == {"day": "2026-06-03", "opened": 0, "resolved": 1}
    broken = {one["metric"]: one for one in report["breaches"]}
    assert broken["resolution"]["ticket"] == "OPS-2"
    # Three days of nine hours, less an hour on the first, of which eight were promised.
    assert broken["resolution"]["overrun_seconds"] == 10 * 3600
    # Due on Monday at 17:00 and solved on Wednesday at 09:00: 40 hours by the clock on the wall (C13).
    assert broken["resolution"]["elapsed_seconds"] == 40 * 3600
    paper = (await dana.get("/v1/reviews/acme-2026-06?format=html&language=en")).text
    assert ("10 hr" in paper, "1 day 16 hr" in paper) == (True, True)
    spread = {one["metric"]: one for one in report["response_times"]}["resolution"]
    assert spread["count"] == 2
    assert spread["p50_seconds"] == 4 * 3600
    assert spread["p95_seconds"] == 18 * 3600
    assert report["notes"] == []
    await assert_consistent(database)


async def test_reasons_waivers_and_changes_stand_in_it(
    database: Database, theo: AsyncClient, gina: AsyncClient, dana: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    clock = (await resolution_clock(database)).id
    body = {"clock_id": str(clock), "reason": "The supplier is down"}
    body["expires_at"] = (NINE + 30 * HOUR).isoformat()
    waiver = (await theo.post("/v1/waivers", json=body)).json()
    await gina.post(f"/v1/waivers/{waiver['key']}/approve", json={})
    delivery_fields: dict[str, Any] = {
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
        (DeliverySubmitted(**delivery_fields, **first, state="in_review"), 1),
        (DeliverySubmitted(**delivery_fields, **second, state="in_review"), 1),
        (DeliveryApproved(**delivery_fields, **second, state="approved", approvers=["theo"]), 2),
        (DeliveryVerified(**delivery_fields, **first, state="delivered"), 2),
    ):
        await deliver(database, HANDLERS, (event, number))
    await freeze_time(database, NINE + 2 * DAY)
    await fire_due(database, TIMERS)
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    reason = {"clock_id": str(clock), "text": "The index was built by day, against the plan"}
    comment = await dana.post("/v1/reviews/acme-2026-06/breach-comments", json=reason)
    assert (comment.status_code, comment.json()["ticket"]) == (201, "OPS-1")
    before = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    assert [one["comment"] for one in before["breaches"]] == [None]
    assert (await dana.post("/v1/reviews/acme-2026-06/regenerate")).status_code == 200
    report = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    (breach,) = report["breaches"]
    assert (breach["comment"], breach["waiver"]) == (reason["text"], waiver["key"])
    assert [(one["key"], one["state"]) for one in report["waivers"]] == [(waiver["key"], "expired")]
    assert [(one["key"], one["state"]) for one in report["upcoming"]] == [("DLV-2", "approved")]
    assert [(one["key"], one["state"]) for one in report["delivered"]] == [("DLV-1", "delivered")]
    unknown = {"clock_id": str(UUID(int=99)), "text": "The disk was full"}
    assert violation_pointers(
        await dana.post("/v1/reviews/acme-2026-06/breach-comments", json=unknown)
    ) == ["/clock_id"]
    await assert_consistent(database)


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
    await deliver(database, HANDLERS, (known, 1))
    await freeze_time(database, NINE + 11 * HOUR)
    outage_body = {"environment": "acme-prod", "service": "billing", "reason": "Nobody can log in"}
    created = await theo.post("/v1/outages", json=outage_body | {"started_at": NINE.isoformat()})
    await theo.post(created.headers["Location"] + "/end", json={"reason": "Restarted"})
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    report = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    (outage,) = report["outages"]
    assert (outage["subject"], outage["seconds"]) == ("billing on acme-prod", 11 * 3600)
    production, billing = report["uptimes"]
    assert (production["subject"], billing["subject"]) == ("Production", "billing")
    # From 09:00 to 20:00, of which until 17:00 was agreed; 22 working days of nine hours.
    assert billing["down_seconds"] == 8 * 3600
    assert billing["availability"] == pytest.approx(1 - 8 / (22 * 9))
    assert (billing["promised"], billing["mttr_seconds"]) == (0.99, 11 * 3600)
    assert billing["down"] == [["2026-06-01", 11 * 3600]]
    leadership_report = (await gina.get("/v1/leadership-report?month=2026-06")).json()
    (acme,) = leadership_report["customers"]
    assert (acme["availability"], acme["outages"]) == (production["availability"], 1)


async def test_reserved_hours_are_reported_as_they_are_booked(
    database: Database, theo: AsyncClient, dana: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, reserved=10 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    work = {"ticket": "OPS-1", "minutes": 90, "day": "2026-06-01"}
    assert (await theo.post("/v1/time-entries", json=work)).status_code == 201
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    shown = (await dana.get("/v1/reviews/acme-2026-06")).json()
    (hours,) = shown["report"]["reserved"]
    assert (hours["reserved_seconds"], hours["used_seconds"]) == (36_000, 5_400)
    assert "Gereserveerde uren" in shown["agenda"]
    (acme,) = (await gina.get("/v1/leadership-report?month=2026-06")).json()["customers"]
    assert (acme["reserved_seconds"], acme["used_seconds"]) == (36_000, 5_400)

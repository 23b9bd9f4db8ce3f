"""A month is over when it is over in the customer's zone and in each agreement's (C13)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import fire_due, freeze_time
from sla.calendars.domain.month import parse_month
from sla.reviews.domain.month_end import final_at
from sla.timers import TIMERS
from sla_support.company import also_promise, promise
from sla_support.review_month import DAY, JULY

JUNE = parse_month("2026-06")
APIA = ZoneInfo("Pacific/Apia")
NEW_YORK_JULY = datetime(2026, 7, 1, 4, tzinfo=UTC)


async def test_the_review_waits_for_the_zone_of_an_agreement(
    database: Database, dana: AsyncClient
) -> None:
    """C13: June of an Amsterdam customer whose agreement counts by New York; a working day was missing"""
    await promise(database, timezone="America/New_York", availability=0.99)
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    assert (await dana.get("/v1/reviews")).json()["items"] == []
    await freeze_time(database, NEW_YORK_JULY)
    await fire_due(database, TIMERS)
    report = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    assert (report["preliminary"], report["notes"]) == (False, [])
    assert {one["agreed_seconds"] for one in report["uptimes"]} == {22 * 9 * 3600}


async def test_a_review_that_somebody_asks_for_earlier_says_that_it_is_preliminary(
    database: Database, theo: AsyncClient, dana: AsyncClient, jan: AsyncClient, gina: AsyncClient
) -> None:
    """C13: to staff and to the customer, in data and on paper"""
    await promise(database, timezone="America/New_York")
    await freeze_time(database, JULY + timedelta(minutes=1))
    body = {"customer": "acme", "month": "2026-06"}
    assert (await theo.post("/v1/reviews", json=body)).status_code == 201
    assert (await dana.post("/v1/reviews/acme-2026-06/publish")).status_code == 200
    report = (await jan.get("/v1/reviews/acme-2026-06")).json()["report"]
    assert report["preliminary"]
    (note,) = report["notes"]
    assert note == (
        "In de tijdzone van een overeenkomst eindigt de maand pas op 1 juli 2026 06:00:"
        " deze cijfers zijn voorlopig."
    )
    assert (
        "Preliminary. Edition 1"
        in (await jan.get("/v1/reviews/acme-2026-06?format=html&language=en")).text
    )
    leaders = (await gina.get("/v1/leadership-report?month=2026-06")).json()
    assert leaders["notes"] == ["The month is not over for Acme: these figures are preliminary."]


async def test_a_preliminary_review_is_drawn_up_again_when_the_month_is_over(
    database: Database, theo: AsyncClient, dana: AsyncClient, jan: AsyncClient
) -> None:
    """C13: who published early kept everybody from the figures of the whole month"""
    await promise(database, timezone="America/New_York")
    await freeze_time(database, JULY - 10 * DAY)
    body = {"customer": "acme", "month": "2026-06"}
    assert (await theo.post("/v1/reviews", json=body)).status_code == 201
    assert (await dana.post("/v1/reviews/acme-2026-06/publish")).status_code == 200
    await freeze_time(database, NEW_YORK_JULY)
    await fire_due(database, TIMERS)
    draft = (await dana.get("/v1/reviews/acme-2026-06?edition=0")).json()
    assert (draft["report"]["preliminary"], draft["generated_by"]) == (False, "opsdesk")
    assert (await jan.get("/v1/reviews/acme-2026-06")).json()["report"]["preliminary"]
    final = {"reason": "The month is over"}
    assert (await theo.post("/v1/reviews/acme-2026-06/publish", json=final)).status_code == 200
    shown = (await jan.get("/v1/reviews/acme-2026-06")).json()
    assert (shown["edition"], shown["report"]["preliminary"]) == (2, False)


async def test_agreements_that_do_not_hold_in_the_month_do_not_delay_it(database: Database) -> None:
    base = await promise(database, timezone="Pacific/Apia")
    customers_end = JUNE.span(APIA).until
    assert final_at(JUNE, APIA, [base]) == customers_end
    elsewhere = await also_promise(database, base, "acme-us", timezone="America/New_York")
    assert final_at(JUNE, APIA, [base, elsewhere]) == NEW_YORK_JULY
    over = replace(elsewhere, valid_until=customers_end - 40 * DAY)
    later = replace(elsewhere, valid_from=NEW_YORK_JULY)
    assert final_at(JUNE, APIA, [base, over, later]) == customers_end


async def test_words_about_an_unfinished_month_do_not_stand_at_the_head_of_the_whole_one(
    database: Database, theo: AsyncClient, gina: AsyncClient, dana: AsyncClient, jan: AsyncClient
) -> None:
    """They stay beside what is computed, for staff, until somebody writes anew"""
    await promise(database, timezone="America/New_York")
    await freeze_time(database, JULY - 10 * DAY)
    body = {"customer": "acme", "month": "2026-06"}
    assert (await theo.post("/v1/reviews", json=body)).status_code == 201
    path = "/v1/reviews/acme-2026-06"
    early = {"paragraphs": ["A quiet month so far."]}
    assert (await dana.put(f"{path}/assessment", json=early)).status_code == 200
    assert (await theo.post(f"{path}/regenerate")).status_code == 200
    running = (await theo.get(f"{path}?edition=0")).json()["report"]
    assert running["assessment"] == early["paragraphs"], "while the month runs they stay"
    assert (running["assessment_by"], running["former_assessment"]) == ("Dana", [])
    await freeze_time(database, NEW_YORK_JULY)
    await fire_due(database, TIMERS)
    for _ in range(2):
        final = (await theo.get(f"{path}?edition=0")).json()["report"]
        assert final["assessment"] == final["computed_assessment"] != early["paragraphs"]
        assert final["assessment_by"] is None
        assert final["former_assessment"] == early["paragraphs"]
        assert final["former_assessment_by"] == "Dana"
        assert (await theo.post(f"{path}/regenerate")).status_code == 200
    written = await dana.put(f"{path}/assessment", json={"paragraphs": ["A quiet month."]})
    assert written.json()["assessment_by"] == "Dana"
    anew = (await theo.get(f"{path}?edition=0")).json()["report"]
    assert (anew["assessment"], anew["former_assessment"]) == (["A quiet month."], [])
    assert (await gina.post(f"{path}/publish")).status_code == 200
    shown = (await jan.get(path)).json()["report"]
    assert shown["assessment"] == ["A quiet month."]
    assert "former_assessment" not in shown

"""J6 on four service processes: a month, looked at by two, kept as it was shown, and acted upon."""

import io
from collections.abc import AsyncIterator

import openpyxl
import pytest
from pypdf import PdfReader

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j6_review
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j6_review import REASON, Result
from opsdesk.journeys.steps import parse_instant

NOT_FOUND, FORBIDDEN = 404, 403


@pytest.fixture(scope="module")
async def context_and_result(endpoints: Endpoints) -> AsyncIterator[tuple[JourneyContext, Result]]:
    async with stages.open_context(endpoints, print) as context:
        yield context, await j6_review.play(context)


@pytest.fixture
def context(context_and_result: tuple[JourneyContext, Result]) -> JourneyContext:
    return context_and_result[0]


@pytest.fixture
def result(context_and_result: tuple[JourneyContext, Result]) -> Result:
    return context_and_result[1]


def test_at_midnight_where_the_customer_lives_the_review_is_drawn_up(result: Result) -> None:
    """S1"""
    assert result.draft["generated_by"] == "opsdesk"
    assert parse_instant(result.draft["generated_at"]) == result.ended_at
    assert parse_instant(result.draft["report"]["ends_at"]) == result.ended_at


def test_the_broken_promise_stands_in_it_with_its_reason(result: Result) -> None:
    broken = [
        one for one in result.published["report"]["breaches"] if one["ticket"] == result.ticket
    ]
    assert [(one["metric"], one["comment"]) for one in broken] == [("resolution", REASON)]
    assert broken[0]["overrun_seconds"] > 0
    counted = result.published["report"]["usage"]["compliance"]
    assert counted["breached"] >= 1
    assert counted["raw"] <= counted["adjusted"] < 1


def test_two_people_stand_for_it_and_the_customer_sees_it_only_then(result: Result) -> None:
    assert result.hidden_from_customer.status == NOT_FOUND
    assert result.own_approval_denied.status == FORBIDDEN
    assert (result.published["generated_by"], result.published["published_by"]) == ("dana", "theo")
    assert result.published["shown_edition"] == 1


def test_the_customer_reads_it_as_it_was_published(result: Result) -> None:
    """Minutes of the meeting come with the next edition; who drew it up is for staff."""
    shown = result.shown_to_customer
    assert shown["minutes"] == []
    assert shown["report"]["breaches"] == result.published["report"]["breaches"]
    assert "generated_by" not in shown


def test_people_concerned_are_mailed_with_a_link(context: JourneyContext, result: Result) -> None:
    ready = [one for one in result.letters if "waits to be published" in str(one["Subject"])]
    assert str(ready[0]["X-Envelope-To"]) in (
        context.address_of("dana"),
        context.address_of("dirk"),
    )
    assert f"/v1/reviews/{result.key}?format=html" in ready[0].get_content()
    published = [one for one in result.letters if "is published" in str(one["Subject"])]
    # The delivery manager and the deputy.
    assert {str(one["X-Envelope-To"]) for one in published} == {
        context.address_of("dana"),
        context.address_of("dirk"),
    }


def test_the_customer_fetches_it_as_pdf_workbook_page_and_csv(result: Result) -> None:
    pages = PdfReader(io.BytesIO(result.documents["pdf"])).pages
    words = "".join(page.extract_text() for page in pages)
    assert "Acme Logistics" in words
    assert result.ticket in words
    book = openpyxl.load_workbook(io.BytesIO(result.documents["xlsx"]))
    broken = list(book["Overschrijdingen en redenen"].iter_rows(values_only=True))
    assert result.ticket in {row[0] for row in broken}
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert b"<script" not in result.documents["html"]
    assert result.ticket.encode() in result.documents["csv"]


def test_minutes_are_authored_and_the_open_action_comes_back(result: Result) -> None:
    """R14"""
    assert result.minutes["by"] == "dana"
    carried = [one for one in result.next_review["actions"] if one["key"] == result.action["key"]]
    assert [(one["state"], one["month"]) for one in carried] == [("open", result.key[-7:])]
    assert result.next_review["agenda"][0].startswith("Actions from earlier reviews: ")
    assert result.action["state"] == "verified"
    assert (result.action["done_by"], result.action["verified_by"]) == ("anna", "omar")


def test_subscribers_hear_of_every_turn(result: Result) -> None:
    kinds = [one.type.split(".")[2] for one in result.records if one.topic == "opsdesk.clocks"]
    assert kinds[:4] == ["ready", "ready", "published", "action_agreed"]
    assert "action_due" in kinds[4:]


def test_leaders_see_it_beside_the_others(result: Result) -> None:
    lines = {one["customer"]: one for one in result.leadership["customers"]}
    assert lines["acme"]["review"] == "published, edition 1"
    assert lines["acme"]["usage"]["opened"] >= 1
    assert "brightwater" in lines

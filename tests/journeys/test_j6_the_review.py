"""J6 on four service processes: a month, looked at by two, kept as it was shown, and acted upon."""

import io
from collections.abc import AsyncIterator

import openpyxl
import pytest
from pypdf import PdfReader

from opsdesk.endpoints import Running
from opsdesk.journeys import context as stages
from opsdesk.journeys import j6_review
from opsdesk.journeys.context import Stage
from opsdesk.journeys.j6_review import REASON, Told
from opsdesk.journeys.steps import read

NOT_FOUND, FORBIDDEN = 404, 403


@pytest.fixture(scope="module")
async def stage_and_told(running: Running) -> AsyncIterator[tuple[Stage, Told]]:
    async with stages.raised(running, print) as here:
        yield here, await j6_review.play(here)


@pytest.fixture
def stage(stage_and_told: tuple[Stage, Told]) -> Stage:
    return stage_and_told[0]


@pytest.fixture
def told(stage_and_told: tuple[Stage, Told]) -> Told:
    return stage_and_told[1]


def test_at_midnight_where_the_customer_lives_the_review_is_drawn_up(told: Told) -> None:
    """S1"""
    assert told.draft["drawn_by"] == "opsdesk"
    assert read(told.draft["drawn_at"]) == told.ended
    assert read(told.draft["report"]["until"]) == told.ended


def test_the_broken_promise_stands_in_it_with_its_reason(told: Told) -> None:
    broken = [one for one in told.published["report"]["breaches"] if one["ticket"] == told.ticket]
    assert [(one["metric"], one["remark"]) for one in broken] == [("resolution", REASON)]
    assert broken[0]["overrun_seconds"] > 0
    counted = told.published["report"]["usage"]["compliance"]
    assert counted["breached"] >= 1
    assert counted["raw"] <= counted["adjusted"] < 1


def test_two_people_stand_for_it_and_the_customer_sees_it_only_then(told: Told) -> None:
    assert told.hidden.status == NOT_FOUND
    assert told.own.status == FORBIDDEN
    assert (told.published["drawn_by"], told.published["published_by"]) == ("dana", "theo")
    assert told.published["shown_edition"] == 1


def test_whom_it_concerns_is_told_with_the_way_to_it(stage: Stage, told: Told) -> None:
    ready = [one for one in told.letters if "waits to be published" in str(one["Subject"])]
    assert str(ready[0]["X-Envelope-To"]) == stage.address_of("dana")
    assert f"/v1/reviews/{told.key}?format=html" in ready[0].get_content()
    published = [one for one in told.letters if "is published" in str(one["Subject"])]
    assert [str(one["X-Envelope-To"]) for one in published] == [stage.address_of("dana")]


def test_the_customer_fetches_it_as_pdf_workbook_page_and_csv(told: Told) -> None:
    pages = PdfReader(io.BytesIO(told.papers["pdf"])).pages
    words = "".join(page.extract_text() for page in pages)
    assert "Acme Logistics" in words
    assert told.ticket in words
    book = openpyxl.load_workbook(io.BytesIO(told.papers["xlsx"]))
    broken = list(book["Breaches and their reasons"].iter_rows(values_only=True))
    assert told.ticket in {row[0] for row in broken}
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert b"<script" not in told.papers["html"]
    assert told.ticket.encode() in told.papers["csv"]


def test_minutes_are_authored_and_the_open_action_comes_back(told: Told) -> None:
    """R14"""
    assert told.minutes["by"] == "dana"
    carried = [one for one in told.next["actions"] if one["key"] == told.action["key"]]
    assert [(one["state"], one["month"]) for one in carried] == [("open", told.key[-7:])]
    assert told.next["agenda"][0].startswith("Actions from earlier reviews: ")
    assert told.action["state"] == "verified"
    assert (told.action["done_by"], told.action["verified_by"]) == ("anna", "omar")


def test_subscribers_hear_of_every_turn(told: Told) -> None:
    kinds = [one.type.split(".")[2] for one in told.records if one.topic == "opsdesk.clocks"]
    assert kinds[:4] == ["ready", "ready", "published", "action_agreed"]
    assert "action_due" in kinds[4:]


def test_leaders_see_it_beside_the_others(told: Told) -> None:
    lines = {one["customer"]: one for one in told.leadership["customers"]}
    assert lines["acme"]["review"] == "published, edition 1"
    assert lines["acme"]["usage"]["opened"] >= 1
    assert "brightwater" in lines

"""The pages on which agreements are drafted and tried, and a refused delivery, in a browser: sound, narrow, by keys."""

import pytest
from fastapi import FastAPI

from console_support.changes import REFUSAL
from console_support.everything import CRITERIA, DELIVERY
from console_support.promises import AGREEMENT_ID
from console_support.served import Look
from console_support.services import FakeServices

PAGES = (
    "/agreements",
    f"/agreements/{AGREEMENT_ID}",
    "/agreements/new",
    f"/agreements/{AGREEMENT_ID}/draft",
    f"/agreements/{AGREEMENT_ID}/trial?days=30",
    "/deliveries/DEL-4",
)
REQUIREMENTS = {
    "checks": ["regression_test"],
    "readiness": ["rollback_plan"],
    "approvals": 2,
    "promotion": {"standard": ["staging"], "hotfix": []},
}


@pytest.fixture(autouse=True)
def refused(served: FastAPI, services: FakeServices) -> None:
    """Answered after everything else was."""
    verdict = {"state": "refused", "verdict": REFUSAL["verdict"]}
    services.say("delivery-gate", "/v1/deliveries/DEL-4", DELIVERY | verdict, etag='"5"')
    criteria = CRITERIA | {"requirements": {"production": REQUIREMENTS}}
    services.say("delivery-gate", "/v1/criteria", criteria)


@pytest.mark.parametrize("language", ["en-GB", "nl-NL", "de-DE"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_pages_are_sound(look: Look, theme: str, language: str) -> None:
    watched = await look("theo", color_scheme=theme, locale=language)
    assert await watched.faults(PAGES) == {}


@pytest.mark.parametrize("width", [320, 390])
async def test_no_page_scrolls_sideways(look: Look, width: int) -> None:
    watched = await look("theo", viewport={"width": width, "height": 800}, locale="de-DE")
    assert await watched.wider_than(width, PAGES) == {}


async def test_return_in_a_field_keeps_the_draft_and_takes_no_row_out(
    look: Look, services: FakeServices
) -> None:
    """The first button of the form is pressed by Return; it is not the one of the first row."""
    watched = await look("theo")
    page = watched.page
    await watched.go("/agreements/new")
    await page.locator("[id='terms-targets.0.blocker']").press("Enter")
    await page.get_by_role("alert").wait_for()
    assert await page.locator("fieldset").count() == 2
    assert services.sent() == []


async def test_a_summary_leads_to_the_field_that_is_wrong(look: Look) -> None:
    watched = await look("theo")
    page = watched.page
    await watched.go("/agreements/new")
    await page.locator("[id='terms-targets.1.major']").fill("soon")
    await page.get_by_role("button", name="Keep the draft").last.click()
    await page.get_by_role("alert").get_by_role("link", name="such as 4:00 or 0:15").click()
    focused = await page.evaluate("document.activeElement.id")
    assert focused == "terms-targets.1.major"

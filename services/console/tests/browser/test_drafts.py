"""What is written is kept while it is written, each text in its own place."""

from playwright.async_api import expect

from console_support.answers import page_of
from console_support.served import Look
from console_support.services import FakeServices

HERE = "/tickets/OPS-7"
SAVED = "Draft saved."


async def test_a_closed_tab_loses_nothing_and_texts_stay_apart(
    look: Look, services: FakeServices
) -> None:
    watched = await look()
    await watched.go(HERE)
    page = watched.page
    await page.locator("#reply-text").press_sequentially("Dear Jan, we are looking")
    await expect(page.locator("#reply [data-draft-note]")).to_have_text(SAVED)
    await page.locator("#note-text").press_sequentially("He called twice")
    await page.goto("about:blank")  # before the second is over
    await watched.go(HERE)
    await expect(page.locator("#reply-text")).to_have_value("Dear Jan, we are looking")
    await expect(page.locator("#note-text")).to_have_value("He called twice")
    assert watched.wrong == []


async def test_what_was_sent_does_not_come_back(look: Look, services: FakeServices) -> None:
    services.say("intake", "/v1/tickets/OPS-7/replies", {}, status=201, method="POST")
    watched = await look()
    await watched.go(HERE)
    page = watched.page
    await page.locator("#reply-text").press_sequentially("Dear Jan")
    await expect(page.locator("#reply [data-draft-note]")).to_have_text(SAVED)
    await page.get_by_role("button", name="Send to the customer").click()
    await page.wait_for_url("**?done=reply")
    await watched.go(HERE)
    await expect(page.locator("#reply-text")).to_have_value("")


async def test_a_draft_that_cannot_be_kept_says_so(look: Look, services: FakeServices) -> None:
    watched = await look()
    await watched.go(HERE)
    page = watched.page
    await page.route("**/drafts/**", lambda route: route.abort())
    await page.locator("#reply-text").press_sequentially("Dear Jan")
    await expect(page.locator("#reply [data-draft-note]")).to_contain_text("could not be saved")
    await expect(page.locator("#reply-text")).to_have_value("Dear Jan")


async def test_who_else_writes_is_said(look: Look, services: FakeServices) -> None:
    services.say("intake", "/v1/tickets", page_of({"key": "OPS-7"}))
    omar = await look("omar")
    await omar.go(HERE)
    await omar.page.locator("#note-text").press_sequentially("Hm")
    async with omar.page.expect_response("**/presence/OPS-7") as answer:
        await omar.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert (await answer.value).ok
    anna = await look("anna")
    await anna.go(HERE)
    await expect(anna.page.locator(".presence")).to_have_text("Omar is writing here")

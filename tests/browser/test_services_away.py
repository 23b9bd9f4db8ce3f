"""A service hangs or has died: every page answers and says what it cannot show, and what is sent arrives once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk_local.installation import Installation
from opsdesk_local.service import SERVICES

from .conftest import Desk

MAIN_PAGES = (
    "/", "/tickets", "/tickets/new", "/search?q=invoices", "/status", "/clocks", "/waivers", "/customers", "/customers/acme",
    "/environments/acme-prod", "/agreements", "/calendars", "/forecasts", "/availability?customer=acme", "/outages",
    "/maintenance", "/reports", "/reviews", "/on-call", "/deliveries", "/refusals", "/follow-ups", "/emergency-changes", "/settings",
)  # fmt: skip
WORDS = ("cannot be shown", "does not answer", "at least", "last known", "cannot tell")
MOST_TRIES = 10
REPLY = "Beste klant,\n\nwe kijken er op dit moment naar.\n\nMet vriendelijke groet, Anna"

pytestmark = pytest.mark.parametrize("how", ["hangs", "is dead"])


@asynccontextmanager
async def away(installation: Installation, name: str, how: str) -> AsyncIterator[None]:
    """Freeze the service, or kill it; it is back afterwards."""
    process = installation.services[name]
    process.pause() if how == "hangs" else process.kill()
    try:
        yield
    finally:
        if how == "hangs":
            process.resume()
        else:
            await asyncio.to_thread(process.start)


@pytest.mark.parametrize("name", [service.name for service in SERVICES])
async def test_every_main_page_answers_and_says_what_is_missing(
    desk: Desk, company: JourneyContext, installation: Installation, name: str, how: str
) -> None:
    """A page waits for a part for less than a second; a page that waited for a service that hangs would never end."""
    await company.settle()
    anna = await desk("Anna de Vries")
    await _until(lambda: _all_whole(anna))  # on a busy machine a part may be late once
    async with away(installation, name, how):
        shown = {path: await _text(anna, path) for path in MAIN_PAGES}
    assert {path: status for path, (status, _) in shown.items() if status not in (200, 503)} == {}
    lacking = {path for path, (status, _) in shown.items() if status == 503}
    assert lacking, f"no page has its main part from {name}"
    unsaid = {path for path in lacking if not any(word in shown[path][1] for word in WORDS)}
    assert unsaid == set()
    await _until(lambda: _all_whole(anna))


async def _text(page: Page, path: str) -> tuple[int, str]:
    answer = await page.request.get(path, timeout=10_000)
    return answer.status, await answer.text()


async def _all_whole(page: Page) -> bool:
    """Whether every service is asked, and every page is whole."""
    return {(await _text(page, path))[0] for path in MAIN_PAGES} == {200}


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(MOST_TRIES):
        if await holds():
            return
        await asyncio.sleep(2)
    raise AssertionError("the pages are never whole")


async def test_a_reply_that_was_sent_meanwhile_arrives_exactly_once(
    desk: Desk, company: JourneyContext, installation: Installation, scripts: bool, how: str
) -> None:
    await company.settle()
    key = await steps.open_ticket(company, "omar", "The export stops")
    anna = await desk("Anna de Vries", java_script_enabled=scripts)
    await anna.goto(f"/tickets/{key}")
    await anna.locator("#reply-text").fill(REPLY)
    async with away(installation, "intake", how):
        await anna.get_by_role("button", name="Send to the customer").click()
        notice = "We cannot tell" if how == "hangs" else "Not sent"
        await expect(anna.get_by_role("alert").first).to_contain_text(notice)
        await expect(anna.locator("#reply-text")).to_have_value(REPLY)
    await _send_again(anna)
    messages = await company["anna"].get("intake", f"/v1/tickets/{key}/messages")
    assert [one["text"] for one in messages["items"] if "op dit moment" in one["text"]] == [REPLY]


async def _send_again(page: Page) -> None:
    """The service is back; the console asks it again within seconds."""
    for _ in range(MOST_TRIES):
        await page.get_by_role("button", name="Send to the customer").click()
        await page.wait_for_load_state()
        if "done=reply" in page.url:
            return
        await asyncio.sleep(2)
    raise AssertionError("the reply was never sent")

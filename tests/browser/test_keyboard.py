"""A morning of first level by keyboard alone, from the sign-in on: a mouse that is used is noticed."""

from playwright.async_api import Browser, Page, expect

from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk_local.installation import Installation

from .whole_pages import reload_until_whole

MOUSE = """() => { for (const one of ["mousedown", "touchstart", "wheel"])
  addEventListener(one, () => sessionStorage.setItem("mouse", one), true); }"""
MOST_TABS = 60


async def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if name in await page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"the Tab key does not lead to {name!r}")


async def _arrive(page: Page, url: str) -> None:
    """Wait for a page that is whole: without its ticket it has no acts, and no keys for them."""
    await page.wait_for_url(url)
    await reload_until_whole(page)


async def _row_of(page: Page, key: str) -> None:
    """Press j until the focus is in the row of this ticket."""
    await reload_until_whole(page)
    await expect(page.get_by_role("main")).to_contain_text(key)
    for _ in range(MOST_TABS):
        await page.keyboard.press("j")
        row = "document.activeElement.closest('[data-row]')?.textContent ?? ''"
        if key in await page.evaluate(row):
            return
    raise AssertionError(f"j does not lead to {key}")


async def test_omars_morning_by_keyboard_from_the_sign_in_on(
    chromium: Browser, installation: Installation, company: JourneyContext
) -> None:
    """He verifies what anna resolved, takes what nobody has, asks the customer, and lets it wait for them."""
    await company.settle()
    resolved = await steps.open_ticket(company, "anna", "Exports are empty", priority="critical")
    resolution = {"resolution": "The job was restarted, and exports are full."}
    await company["anna"].post("intake", f"/v1/tickets/{resolved}/resolve", resolution)
    waiting = await steps.open_ticket(company, "anna", "Imports are slow", priority="major")
    await company.settle()
    console = installation.addresses.services["console"]
    context = await chromium.new_context(
        base_url=console, viewport={"width": 1280, "height": 900}, locale="en-GB"
    )
    context.set_default_timeout(60_000)
    await context.add_init_script(f"({MOUSE})()")
    page = await context.new_page()
    press, write = page.keyboard.press, page.keyboard.type
    await page.goto("/")
    await _tab_to(page, "Omar Haddad")
    await press("Enter")
    await page.wait_for_url(f"{console}/**")
    await _row_of(page, resolved)
    await press("o")
    await _arrive(page, f"**/tickets/{resolved}")
    await press("v")
    await write("Exports are full again: I looked.")
    await press("Control+Enter")
    await page.wait_for_url(f"**/tickets/{resolved}?done=verify")
    await press("/")
    await write(waiting)
    await press("Enter")
    await _arrive(page, f"**/tickets/{waiting}")
    await press("i")
    await _arrive(page, "**?done=take")
    await press("w")
    await _arrive(page, "**/do/hold")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await _tab_to_field(page, "hold-waiting_on")
    await write("waits for the c")
    await _tab_to_field(page, "hold-question")
    await write("Dear customer, since when are imports slow? Kind regards, Omar")
    await _tab_to_field(page, "hold-reason")
    await write("They know when it began.")
    await press("Control+Enter")
    await page.wait_for_url(f"**/tickets/{waiting}?done=hold")
    assert await page.evaluate("sessionStorage.getItem('mouse')") is None
    assert (await steps.get_ticket(company, resolved))["state"] == "verified"
    held = await steps.get_ticket(company, waiting)
    assert (held["assignee"], held["state"], held["waiting_on"]) == ("omar", "on_hold", "customer")
    await context.close()


async def _tab_to_field(page: Page, id: str) -> None:
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"the Tab key does not lead to the field {id}")

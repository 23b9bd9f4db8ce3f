"""anna's morning by keyboard alone; and a page that changes while she looks at it."""

from playwright.async_api import expect

from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext

from .conftest import Desk


async def test_annas_morning_by_keyboard(desk: Desk, company: JourneyContext) -> None:
    await company.settle()
    key = await steps.open_ticket(company, "omar", "Search finds nothing", priority="critical")
    await company.settle()
    anna = await desk("Anna de Vries")
    keyboard = anna.keyboard
    await keyboard.press("g")
    await keyboard.press("t")
    await anna.wait_for_url("**/tickets")
    await keyboard.press("/")
    await keyboard.type(key)
    await keyboard.press("Enter")
    await anna.wait_for_url(f"**/tickets/{key}")
    await keyboard.press("i")
    await anna.wait_for_url("**?done=take")
    await keyboard.press("r")
    await keyboard.type(
        "Beste klant,\n\nwe hebben de oorzaak gevonden en lossen het op.\n\nMet vriendelijke groet, Anna"
    )
    await keyboard.press("Control+Enter")
    await anna.wait_for_url("**?done=reply")
    await keyboard.press("n")
    await keyboard.type("It was the index.")
    await keyboard.press("Control+Enter")
    await anna.wait_for_url("**?done=note")
    await keyboard.press("s")
    await keyboard.type("The index was built anew, and search finds everything again.")
    await keyboard.press("Control+Enter")
    await anna.wait_for_url("**?done=resolve")
    await keyboard.press("g")
    await keyboard.press("m")
    await expect(anna.get_by_role("heading", level=1)).to_contain_text("My work")


async def test_a_page_hears_of_a_change_by_kafka_and_keeps_what_is_typed(
    desk: Desk, company: JourneyContext
) -> None:
    await company.settle()
    key = await steps.open_ticket(company, "omar", "Printer prints twice")
    anna = await desk("Anna de Vries")
    await anna.goto(f"/tickets/{key}")
    await expect(anna.locator("[data-live] [role=status]")).to_contain_text("Live:", timeout=30_000)
    await anna.locator("#note-text").press_sequentially("Half a sen")
    await steps.act(company, "omar", key, "assign", to="omar")
    await expect(anna.locator("#part-facts")).to_contain_text("Omar", timeout=20_000)
    await expect(anna.locator("#note-text")).to_have_value("Half a sen")

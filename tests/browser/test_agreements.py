"""An agreement from a blank form to both signatures, and the version that follows it."""

import re

from playwright.async_api import Page, expect

from opsdesk.journeys.context import JourneyContext

from .conftest import Desk

TOO_LONG = "Vier uur is voor ons te lang."


async def _press(page: Page, name: str, done: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()
    await page.wait_for_url(f"**?done={done}")


async def _draft(theo: Page, key: str, valid_from: str) -> str:
    """Fill in a new agreement with Acme, with a row more than the form begins with. Returns the page of the draft."""
    await theo.goto("/agreements")
    await theo.get_by_role("link", name="Draft a new agreement").click()
    await theo.get_by_label("Customer", exact=True).select_option("acme")
    await theo.get_by_label("Key of the agreement").fill(key)
    await theo.get_by_label("Holds from").fill(valid_from)
    await theo.get_by_role("button", name="One more promise").click()
    third = theo.get_by_role("group", name="Promise 3")
    await third.get_by_label("What is promised").select_option("update")
    await third.get_by_label("blocker").fill("1:00")
    first, second = (theo.get_by_role("group", name=f"Promise {number}") for number in (1, 2))
    await first.get_by_label("blocker").fill("0:15")
    await second.get_by_label("blocker").fill("soon")
    await theo.get_by_label("Price a month").fill("13000.00")
    await theo.get_by_label("A contact of the customer signs it here").check()
    keep = theo.get_by_role("button", name="Keep the draft")
    await keep.last.click()
    alert = theo.get_by_role("alert")
    await expect(alert).to_contain_text("Write hours and minutes, such as 4:00 or 0:15")
    await expect(alert).to_contain_text("This is needed.")
    calendar = theo.get_by_label("Calendar", exact=True)
    office = calendar.get_by_role("option").filter(has_text="office-amsterdam")
    await calendar.select_option(await office.first.get_attribute("value"))
    await second.get_by_label("blocker").fill("4:00")
    await keep.last.click()
    await theo.wait_for_url("**?done=draft")
    return theo.url.partition("?")[0]


async def test_theo_drafts_jan_signs_and_another_person_publishes(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    at = await company.settle()
    key = f"acme-gold-{'with' if scripts else 'without'}-scripts"
    theo = await desk("Theo Jansen", java_script_enabled=scripts)
    address = await _draft(theo, key, f"{at.year + 2}-01-01T00:00")
    await expect(theo.get_by_role("row", name="next update")).to_contain_text("1 h")
    await _press(theo, "Propose it", "propose")
    await _press(theo, "Sign it", "approve")
    jan = await desk("Jan Bakker", java_script_enabled=scripts, locale="en-GB")
    await jan.goto("/agreements")
    await jan.get_by_role("link", name=key).click()
    await expect(jan.get_by_role("row", name="resolution")).to_contain_text("4 h")
    await jan.get_by_label("Your comment").fill(TOO_LONG)
    await _press(jan, "Comment", "comments")
    await _press(jan, "Sign it", "approve")
    await theo.goto(address)
    await expect(theo.get_by_role("main")).to_contain_text("signed by both sides")
    await expect(theo.get_by_role("main")).to_contain_text(TOO_LONG)
    await expect(theo.get_by_role("main")).to_contain_text(
        "Publish it: You asked for it or wrote it yourself. Another person decides."
    )
    gina = await desk("Gina Rossi", java_script_enabled=scripts)
    await gina.goto(address)
    await _press(gina, "Publish it", "publish")
    await company.settle()
    await _follow(theo, address, f"{at.year + 3}-01-01T00:00")
    versions = [
        one async for one in company["theo"].items("sla", "/v1/agreements") if one["key"] == key
    ]
    assert [(one["version"], one["state"]) for one in versions] == [(1, "published"), (2, "draft")]


async def _follow(theo: Page, address: str, valid_from: str) -> None:
    """Draft the next version, ask what it would change, change it once more, and compare the two."""
    await theo.goto(address)
    await theo.get_by_role("link", name="Draft the next version").click()
    second = theo.get_by_role("group", name="Promise 2")
    await expect(second.get_by_label("blocker")).to_have_value("4:00")
    await second.get_by_label("blocker").fill("3:00")
    await theo.get_by_label("Holds from").fill(valid_from)
    await theo.get_by_role("button", name="Keep the draft").last.click()
    await theo.wait_for_url("**?done=draft")
    await theo.get_by_role("link", name="What would it change?").click()
    await theo.get_by_role("button", name="Count again").click()
    await theo.wait_for_url("**/trial?days=30")
    await expect(theo.get_by_role("status")).to_contain_text(re.compile(r"tickets? since"))
    await theo.get_by_role("link", name="Back to the version").click()
    await theo.get_by_role("link", name="Change the draft").click()
    await theo.get_by_label("Duties of the customer").fill("Een contactpersoon is bereikbaar.")
    await theo.get_by_role("button", name="Keep the draft").last.click()
    await theo.wait_for_url("**?done=draft")
    await theo.get_by_role("link", name="What changed since version 1").click()
    changed = theo.get_by_role("row").filter(has_text="resolution")
    await expect(changed).to_contain_text("4 h")
    await expect(changed).to_contain_text("3 h")

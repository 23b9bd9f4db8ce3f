"""A version is refused: quin reads which criterion is not met, and what has to happen next, and it happens."""

from playwright.async_api import Page, expect

from opsdesk.journeys import gate
from opsdesk.journeys.context import JourneyContext

from .conftest import Desk

ARGUMENT = "The manual does not say how invoices of the old format are read after the change."
TASK = "Describe in the manual how invoices of the old format are read."
EVIDENCE = "https://wiki.meridian.example/billing/manual#old-invoices"


def _criterion(page: Page, name: str) -> object:
    return (
        page.get_by_role("region", name="What must hold")
        .get_by_role("listitem")
        .filter(has_text=name)
    )


async def _refuse(page: Page, delivery: str) -> None:
    await page.goto(f"/deliveries/{delivery}")
    await page.get_by_label("Argument").fill(ARGUMENT)
    await page.get_by_label("Which criterion").select_option("documentation")
    await page.get_by_label("Follow-up").select_option("documentation")
    await page.get_by_label("What has to be done").fill(TASK)
    await page.get_by_role("button", name="Refuse, and hold").click()
    await page.wait_for_url("**?done=refuse")


async def test_quin_reads_a_refusal_and_confirms_what_it_obliges_to(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    await gate.close_open_changes(company)
    version = await gate.new_version(company)
    staged = await gate.submit(company, version, "acme-staging")
    await gate.approve(company, staged, "anna")
    await gate.deliver(company, staged, "anna")
    delivery = await gate.submit(company, version, gate.PRODUCTION)
    await company.settle()
    anna = await desk("Anna de Vries", java_script_enabled=scripts)
    await _refuse(anna, delivery["key"])
    quin = await desk("Quin Murphy", java_script_enabled=scripts)
    await quin.goto("/refusals")
    shown = quin.locator("section.refusal").filter(has_text=delivery["key"])
    await expect(shown).to_contain_text(ARGUMENT)
    await shown.get_by_role("link", name=delivery["key"]).click()
    await quin.wait_for_url(f"**/deliveries/{delivery['key']}")
    criteria = quin.get_by_role("region", name="What must hold").get_by_role("listitem")
    await expect(criteria.filter(has_text="documentation")).to_contain_text(f"not met: {ARGUMENT}")
    for name in ("regression test", "vulnerability scan", "rollback plan", "verified in staging"):
        await expect(criteria.filter(has_text=name)).to_contain_text("holds")
    following = quin.get_by_role("region", name="What comes next")
    await expect(following).to_contain_text("Name the proof that is missing")
    await expect(following).to_contain_text(TASK)
    sven = await desk("Sven Lindqvist", java_script_enabled=scripts)
    await sven.goto(f"/deliveries/{delivery['key']}")
    await sven.get_by_role("region", name="What comes next").get_by_role("link").first.click()
    await sven.wait_for_url("**/follow-ups/FUP-*")
    await sven.get_by_label("What shows that it is done").fill(EVIDENCE)
    await sven.get_by_role("button", name="Close").click()
    await sven.wait_for_url("**?done=close")
    await quin.goto(sven.url.partition("?")[0])
    await expect(quin.get_by_role("main")).to_contain_text(EVIDENCE)
    await quin.get_by_role("button", name="Confirm").click()
    await quin.wait_for_url("**?done=confirm")
    await quin.goto(f"/deliveries/{delivery['key']}")
    await expect(quin.get_by_role("region", name="What comes next")).to_contain_text(
        "submit it again"
    )

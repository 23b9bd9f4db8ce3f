"""dana's month: she draws the review up, says why promises broke, and somebody else publishes it for the customer."""

from datetime import datetime, time, timedelta

from playwright.async_api import Page, expect

from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.support_hours import AMSTERDAM, DAY

from .conftest import Desk
from .whole_pages import reload_until_whole

REASON = "De wachtrij van de etikettenprinter had geen eigenaar; nu wel."
ASSESSMENT = "Een rustige maand, op de etiketten na."
MINUTES = "Jan vraagt om een melding als de wachtrij stilstaat."
TEN = time(10)


async def _next_month(company: JourneyContext) -> datetime:
    """Let it be ten in the morning of the first Tuesday of the next month, of which no review was drawn up."""
    at = (await company.settle()).astimezone(AMSTERDAM)
    day = (at.date().replace(day=1) + 32 * DAY).replace(day=1)
    while day.weekday() != 1:
        day += DAY
    await company.advance_to(datetime.combine(day, TEN, AMSTERDAM))
    return datetime.combine(day, TEN, AMSTERDAM)


async def _break_a_promise(company: JourneyContext) -> str:
    """A ticket that nobody answers in time. Returns its key."""
    ticket = await steps.open_ticket(
        company, "omar", "Labels are not printed", priority="critical", environment="acme-prod"
    )
    await company.settle()
    due = (await steps.clocks_of(company, ticket))["first_response"]["deadline"]
    await company.advance_to(steps.parse_instant(due) + timedelta(minutes=1))
    await steps.reply(company, "anna", ticket, "Dear Jan,\n\nwe look.\n\nKind regards, Anna")
    await steps.resolve_and_verify(company, ticket, "anna", "omar", "The queue was restarted.")
    await company.settle()
    return ticket


async def _explain_the_others(company: JourneyContext, key: str, own: str) -> None:
    """Without a reason for each breach nothing is published: those of other journeys get one by the API."""
    path = f"/v1/reviews/{key}"
    report = (await company["dana"].get("sla", path, language="en"))["report"]
    for breach in report["breaches"]:
        is_unexplained = breach["comment"] is None and breach["waiver"] is None
        if is_unexplained and breach["ticket"] != own:
            body = {"clock_id": breach["clock_id"], "text": "It was part of an exercise."}
            await company["dana"].post("sla", f"{path}/breach-comments", body)


async def _open(page: Page, summary: str) -> None:
    await page.locator("summary").filter(has_text=summary).click()


async def test_dana_draws_up_a_month_discusses_it_and_theo_publishes_it(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    month = f"{await _next_month(company):%Y-%m}"
    ticket = await _break_a_promise(company)
    dana = await desk("Dana Novak", java_script_enabled=scripts)
    await dana.goto("/reviews")
    await _open(dana, "Draw up a month that is not over")
    await dana.get_by_label("Customer").fill("acme")
    await dana.get_by_label("Month").fill(month)
    await dana.get_by_role("button", name="Draw it up").click()
    await dana.wait_for_url(f"**/reviews/acme-{month}?done=create")
    await reload_until_whole(dana)
    await expect(dana.get_by_text("still need")).to_be_visible()
    await _open(dana, "Say why one broke")
    broken = dana.get_by_label("Which one")
    own = broken.get_by_role("option").filter(has_text=ticket)
    await broken.select_option(await own.first.get_attribute("value"))
    await dana.get_by_label("Why it broke").fill(REASON)
    await dana.locator("form[action$='breach-comments']").get_by_role("button").click()
    await dana.wait_for_url("**?done=breach-comments")
    await reload_until_whole(dana)
    await _explain_the_others(company, f"acme-{month}", ticket)
    await dana.goto(f"/reviews/acme-{month}")
    await reload_until_whole(dana)
    await dana.get_by_role("button", name="Draw it up again").click()
    await dana.wait_for_url("**?done=regenerate")
    await reload_until_whole(dana)
    await expect(dana.get_by_role("main")).to_contain_text(REASON)
    await _open(dana, "Write it differently")
    await dana.get_by_label("The assessment").fill(ASSESSMENT)
    await dana.locator("form[action$='assessment']").get_by_role("button").click()
    await dana.wait_for_url("**?done=assessment")
    await reload_until_whole(dana)
    await dana.get_by_label("What was said").fill(MINUTES)
    await dana.locator("form[action$='minutes']").get_by_role("button").click()
    await dana.wait_for_url("**?done=minutes")
    await reload_until_whole(dana)
    await dana.get_by_role("button", name="Publish edition 1").click()
    await expect(dana.get_by_role("alert")).to_be_visible()  # drawn up and worded by herself
    jan = await desk("Jan Bakker", java_script_enabled=scripts)
    hidden = await jan.goto(f"/reviews/acme-{month}")
    assert hidden is not None
    assert hidden.status == 404
    theo = await desk("Theo Jansen", java_script_enabled=scripts)
    await theo.goto(f"/reviews/acme-{month}")
    await reload_until_whole(theo)
    await expect(theo.get_by_role("main")).to_contain_text("Drawn up by dana")
    await theo.get_by_role("button", name="Publish edition 1").click()
    await theo.wait_for_url("**?done=publish")
    await company.settle()
    await jan.goto("/reviews")
    await reload_until_whole(jan)
    await jan.get_by_role("link", name=f"acme {month}").click()
    await jan.wait_for_url(f"**/reviews/acme-{month}*")
    await reload_until_whole(jan)
    for words in (REASON, ASSESSMENT, "edition 1"):
        await expect(jan.get_by_role("main")).to_contain_text(words)
    await expect(jan.get_by_role("button", name="Publish")).to_have_count(0)

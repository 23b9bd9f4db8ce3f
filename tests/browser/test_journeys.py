"""What people do all day, in a browser, on a whole OpsDesk: with scripts and without."""

from playwright.async_api import Page, expect

from opsdesk.api_client import JSON
from opsdesk.journeys import gate, steps
from opsdesk.journeys.context import JourneyContext

from .conftest import Desk

PHONE = {"viewport": {"width": 390, "height": 844}}


async def _new_ticket(company: JourneyContext, title: str, **more: object) -> str:
    await company.settle()
    key = await steps.open_ticket(company, "anna", title, **more)
    await company.settle()
    return key


async def _do(page: Page, key: str, act: str) -> None:
    """Open the form of an act from the ticket's page."""
    await page.goto(f"/tickets/{key}/do/{act}")


async def _done(page: Page, key: str, act: str) -> None:
    await page.wait_for_url(f"**/tickets/{key}?done={act}")


async def test_a_caller_is_known_and_what_they_say_becomes_a_ticket(
    desk: Desk, scripts: bool
) -> None:
    page = await desk("Anna de Vries", java_script_enabled=scripts)
    await page.get_by_role("link", name="New ticket").click()
    await page.locator("#who").fill("+31 20 555 0123")
    await page.get_by_role("button", name="Look for them").click()
    await expect(page.get_by_role("heading", name="Jan Bakker")).to_be_visible()
    await page.get_by_label("Title").fill("The invoices of this morning are not sent")
    await page.get_by_label("How it came").select_option("phone")
    await page.get_by_role("button", name="Open the ticket").click()
    await page.wait_for_url("**/tickets/OPS-*?done=new")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("not sent")
    await page.locator("#reply-text").fill(
        "Dear Jan,\n\nthank you for your call. We are looking into it.\n\nKind regards, Anna"
    )
    await page.get_by_role("button", name="Send to the customer").click()
    # He reads Dutch, and that is worth a look before it leaves.
    await expect(page.get_by_role("alert").first).to_contain_text("Not sent yet")
    await page.get_by_role("button", name="Send it all the same").click()
    await page.wait_for_url("**?done=reply")
    await expect(page.locator("#part-conversation")).to_contain_text("thank you for your call")


async def test_a_resolution_is_verified_by_somebody_else_and_not_by_oneself(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    key = await _new_ticket(company, "Reports are empty")
    anna = await desk("Anna de Vries", java_script_enabled=scripts)
    await _do(anna, key, "resolve")
    await anna.locator("#resolve-resolution").fill("The job was restarted, and reports are full.")
    await anna.get_by_role("button", name="Resolve it").click()
    await _done(anna, key, "resolve")
    refused = anna.locator("button[aria-describedby='why-verify']")
    await expect(refused).to_be_disabled()
    await expect(anna.locator("#why-verify")).not_to_be_empty()
    omar = await desk("Omar Haddad", java_script_enabled=scripts)
    await _do(omar, key, "verify")
    await expect(omar.get_by_role("main")).to_contain_text("Resolved by Anna de Vries")
    await omar.locator("#verify-reason").fill("The reports of today are full.")
    await omar.get_by_role("button", name="Verify the resolution").click()
    await _done(omar, key, "verify")
    await expect(omar.locator(".tag.state")).to_contain_text("verified")


async def test_a_lower_priority_takes_two(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    key = await _new_ticket(company, "The logo is blue", priority="critical")
    anna = await desk("Anna de Vries", java_script_enabled=scripts)
    await _do(anna, key, "prioritise")
    await anna.locator("#prioritise-priority").select_option("minor")
    await anna.locator("#prioritise-reason").fill("It is about a colour.")
    await anna.get_by_role("button", name="Change the priority").click()
    await _done(anna, key, "prioritise")
    await expect(anna.get_by_label("Waits for a second person")).to_contain_text(
        "Priority: critical → minor"
    )
    omar = await desk("Omar Haddad", java_script_enabled=scripts)
    await _do(omar, key, "confirm_priority")
    await omar.get_by_role("button", name="Confirm the lower priority").click()
    await _done(omar, key, "confirm_priority")
    await expect(omar.locator(".head .tag.minor")).to_be_visible()


async def test_half_a_hand_over_says_what_is_missing(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    key = await _new_ticket(company, "The scheduler stops", environment="acme-prod")
    anna = await desk("Anna de Vries", java_script_enabled=scripts)
    await _do(anna, key, "forward")
    await anna.get_by_label("To whom").select_option("second_level")
    await anna.get_by_role("button", name="Hand it over").click()
    await expect(anna.get_by_role("alert")).to_contain_text("What was tried: This is needed.")
    for name in ("seen", "tried", "excluded", "asked"):
        await anna.locator(f"#forward-{name}").fill(f"What I know of it: {name}.")
    at = await company.settle()
    await anna.locator("#forward-due_at").fill(f"{at.year + 1}-01-04T12:00")
    await anna.get_by_role("button", name="Hand it over").click()
    await _done(anna, key, "forward")
    await anna.get_by_role("link", name="Hand-overs").click()
    await expect(anna.get_by_role("main")).to_contain_text("What I know of it: excluded.")


async def test_a_waiver_is_asked_for_and_granted_on_a_phone(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    key = await _new_ticket(company, "The index is slow", priority="critical")
    anna = await desk("Anna de Vries", java_script_enabled=scripts)
    await anna.goto(f"/tickets/{key}")
    await anna.get_by_role("link", name="Ask for a waiver resolution").click()
    await anna.get_by_label("Reason").fill("The vendor's fix comes at eleven.")
    at = await company.settle()
    await anna.locator("#waiver-expires_at").fill(f"{at.year + 1}-01-04T12:00")
    await anna.get_by_role("button", name="Ask for it").click()
    await _done(anna, key, "ask_waiver")
    await company.settle()
    gina = await desk("Gina", java_script_enabled=scripts, **PHONE)
    await gina.goto("/waivers")
    await gina.get_by_role("link", name=key).first.click()
    await gina.get_by_label("Reason").first.fill("The vendor is named in the contract.")
    await gina.get_by_role("button", name="Approve").click()
    await gina.wait_for_url("**?done=approve")


async def test_a_blocker_at_night_is_confirmed_by_another_person(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    await company.settle()
    jan = company.clients.portal_client("jan@acme.example")
    body = {"title": "Nothing works", "priority": "blocker", "environment": "acme-prod"}
    key = (await jan.post("intake", "/v1/tickets", body))["key"]
    await company.settle()
    omar = await desk("Omar Haddad", java_script_enabled=scripts, **PHONE)
    await omar.goto(f"/tickets/{key}")
    await omar.get_by_text("Confirm the blocker").first.click() if scripts else None
    await _do(omar, key, "confirm_blocker")
    await omar.get_by_role("button", name="Confirm the blocker").click()
    await _done(omar, key, "confirm_blocker")


async def test_a_delivery_is_asked_for_and_approved_by_two_others(
    desk: Desk, company: JourneyContext, scripts: bool
) -> None:
    await gate.close_open_changes(company)
    version = await gate.new_version(company)
    staging = await gate.submit(company, version, "acme-staging")
    await gate.approve(company, staging, "anna")
    await gate.deliver(company, staging, "anna")
    pavel = await desk("Pavel", java_script_enabled=scripts)
    key = await _ask_for_production(pavel, version)
    await expect(pavel.get_by_role("main")).to_contain_text("You asked for it yourself")
    await expect(pavel.get_by_role("button", name="Approve")).to_have_count(0)
    for name in ("Anna de Vries", "Omar Haddad"):
        page = await desk(name, java_script_enabled=scripts)
        await page.goto(f"/deliveries/{key}")
        await page.get_by_role("button", name="Approve").click()
        await page.wait_for_url("**?done=approve")
        await expect(page.get_by_role("status").first).to_contain_text("on record")
    await pavel.goto(f"/deliveries/{key}")
    await expect(pavel.locator(".tags .left")).to_contain_text("approved")
    await pavel.goto("/deliveries")
    await expect(pavel.get_by_role("table")).to_contain_text(key)


async def _ask_for_production(page: Page, version: JSON) -> str:
    """Ask for a delivery by the form; a forgotten proof is said at its field first. Returns its key."""
    await page.goto("/deliveries")
    await page.get_by_role("link", name="Ask for a delivery").click()
    await page.locator("#which-product").select_option(version["product"])
    await page.get_by_role("button", name="Choose it").click()
    await page.locator("#which-version").select_option(version["name"])
    await page.get_by_role("button", name="Choose it").click()
    await expect(page.locator("#new-digest")).to_have_text(version["digest"])
    await page.locator("#new-environment").select_option(gate.PRODUCTION)
    first, *others = gate.READINESS
    for item in others:
        await page.locator(f"#new-{item}").fill(gate.READINESS[item])
    ask = page.get_by_role("button", name=f"Ask for {version['product']} {version['name']}")
    await ask.click()
    await expect(page.locator(f"#new-{first}-wrong")).to_contain_text("This is needed.")
    await page.locator(f"#new-{first}").fill(gate.READINESS[first])
    await ask.click()
    await page.wait_for_url("**/deliveries/DEL-*?done=create")
    await expect(page.get_by_role("status").first).to_contain_text("people may approve it now")
    return str(page.url).rpartition("/")[2].partition("?")[0]


async def test_a_customer_writes_and_reads_without_seeing_ours(desk: Desk, scripts: bool) -> None:
    jan = await desk("Jan Bakker", java_script_enabled=scripts)
    await jan.get_by_role("link", name="New ticket").click()
    await jan.get_by_label("Title").fill("Where is the manual")
    await jan.get_by_role("button", name="Open the ticket").click()
    await jan.wait_for_url("**/tickets/OPS-*?done=new")
    await jan.get_by_label("Your message").fill("I have found it. Thank you.")
    await jan.get_by_role("button", name="Send", exact=True).click()
    await jan.wait_for_url("**?done=reply")
    await expect(jan.get_by_role("main")).not_to_contain_text("Note among us")

"""A Blocker at night: whoever is on call is woken by a mail, and works on a phone, with the console or without."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from playwright.async_api import Browser, Page, ViewportSize, expect

from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j3_blocker_at_night import next_sunday_night
from opsdesk_local.installation import Installation
from opsdesk_local.service import ServiceProcess

from .conftest import Desk

PHONE: ViewportSize = {"width": 390, "height": 844}
ACKNOWLEDGE = re.compile(r"\bhttp://\S+/ack/\S+")
ESCALATION = re.compile(r"^Escalation: (\S+)", re.MULTILINE)
PAST_TWO_STEPS = timedelta(minutes=20)
DUTCH = "Beste Jan,\n\nwe zijn er nu mee bezig.\n\nMet vriendelijke groet, Anna"


@contextmanager
def stopped(service: ServiceProcess) -> Iterator[None]:
    """While this lasts the service does not run; afterwards it runs at the same address."""
    service.stop()
    try:
        yield
    finally:
        service.start()


async def _until_night(company: JourneyContext, rota: str, person: str) -> datetime:
    """Let it be three in the night of the next Sunday on which this person is on call; return that moment."""
    at = next_sunday_night(await company.settle())
    while await steps.on_call_person(company, rota, at) != person:
        at = next_sunday_night(at)
    await company.advance_to(at)
    return at


async def _blocker(company: JourneyContext, title: str) -> str:
    """Jan opens a Blocker in the portal. Returns the ticket's key."""
    jan = company.clients.portal_client("jan@acme.example")
    body = {"title": title, "priority": "blocker", "environment": "acme-prod"}
    ticket = await jan.post("intake", "/v1/tickets", body)
    await company.settle()
    return str(ticket["key"])


def _mail_to(company: JourneyContext, person: str, ticket: str) -> str:
    """Return the text of the one mail that woke this person about a ticket."""
    address = company.address_of(person)
    (mail,) = [one for one in company.mails_about(ticket) if str(one["X-Envelope-To"]) == address]
    return str(mail.get_content())


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match is not None, text
    return match[match.lastindex or 0]


async def _case_of(company: JourneyContext, ticket: str) -> dict[str, object]:
    (case,) = await steps.escalations_of(company, ticket=ticket, trigger="blocker_raised")
    return dict(case)


async def _open_phone(chromium: Browser, scripts: bool) -> Page:
    context = await chromium.new_context(
        viewport=PHONE, locale="en-GB", java_script_enabled=scripts
    )
    context.set_default_timeout(60_000)
    return await context.new_page()


async def test_sven_takes_a_case_from_his_mail_while_the_console_is_stopped(
    installation: Installation, company: JourneyContext, chromium: Browser, scripts: bool
) -> None:
    await _until_night(company, "second-level", "sven")
    ticket = await _blocker(company, "No invoice leaves the house")
    link = _found(ACKNOWLEDGE, _mail_to(company, "sven", ticket))
    phone = await _open_phone(chromium, scripts)
    with stopped(installation.services["console"]):
        scanned = await phone.request.get(link)  # as programs do that look through mails
        assert scanned.ok
        assert (await _case_of(company, ticket))["state"] == "open"
        await phone.goto(link)
        await expect(phone.get_by_role("heading", level=1)).to_contain_text(ticket)
        await expect(phone.get_by_role("main")).to_contain_text("For Sven Lindqvist alone.")
        await phone.get_by_role("button", name="Take it").click()
        await expect(phone.get_by_role("main")).to_contain_text("You have taken it.")
        taken = await _case_of(company, ticket)
        assert (taken["state"], taken["acknowledged_by"]) == ("acknowledged", ["sven"])
        await phone.goto(link)
        await expect(phone.get_by_role("main")).to_contain_text(
            "Already acknowledged by Sven Lindqvist"
        )
        await expect(phone.get_by_role("button")).to_have_count(0)
    await phone.context.close()


async def test_somebody_on_call_at_a_blocker_at_night(
    desk: Desk, company: JourneyContext, chromium: Browser, scripts: bool
) -> None:
    """From the mail over the sign-in to the case, to the ticket, and back to bed; nobody else is woken."""
    at = await _until_night(company, "first-level", "anna")
    ticket = await _blocker(company, "Nobody can log in")
    address = _found(ESCALATION, _mail_to(company, "anna", ticket))
    phone = await _open_phone(chromium, scripts)
    await phone.goto(address)
    await phone.get_by_role("link", name="Anna de Vries").click()
    await phone.wait_for_url(address)
    await expect(phone.get_by_role("heading", level=1)).to_contain_text(ticket)
    await expect(phone.get_by_text("The next step fires")).to_be_visible()
    await phone.get_by_role("button", name="Acknowledge").click()
    await expect(phone.get_by_text("nobody else is told now")).to_be_visible()
    await phone.get_by_role("link", name="To the ticket").click()
    await phone.wait_for_url(f"**/tickets/{ticket}")
    await phone.goto(f"{phone.url}/do/confirm_blocker")
    await phone.get_by_role("button", name="Confirm the blocker").click()
    await phone.wait_for_url("**?done=confirm_blocker")
    await phone.locator("#reply-text").fill(DUTCH)
    await phone.get_by_role("button", name="Send to the customer").click()
    await phone.wait_for_url("**?done=reply")
    await phone.goto("/".join(address.split("/")[:3]))
    await expect(phone.get_by_text("You are on call: first-level")).to_be_visible()
    await company.advance_to(at + PAST_TWO_STEPS)
    woken = {str(one["X-Envelope-To"]) for one in company.mails_about(ticket)}
    others = {company.address_of(one) for one in ("theo", "gina")}
    assert woken & others == set()
    clocks = await steps.clocks_of(company, ticket)
    assert clocks["first_response"]["outcome"] == "met"
    await phone.context.close()

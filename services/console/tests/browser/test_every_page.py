"""Every page in a browser: nothing that axe finds, no report of the policy, no other host, and keys that lead on."""

import pytest

from console.tickets.acts import ACT_FORMS
from console_support.answers import MESSAGE, clock, say_ticket
from console_support.changes import CONTACT
from console_support.desk import MAIL_ID
from console_support.served import Look
from console_support.services import FakeServices

WHO = "dana"
"""A delivery manager: who may ask for a delivery, too."""
PAGES = (
    "/",
    "/tickets",
    "/tickets?q=customer%3Aacme+is%3Abroken+breaks%3A%3C2h+nothing%3Aknown",
    "/tickets/OPS-7",
    "/tickets/OPS-8",
    "/tickets?q=customer%3Aacme+tag%3Asecurity+is%3Awatched+is%3Abroken",
    "/tickets/new?who=jan",
    "/tickets/views?q=is%3Amine",
    "/tickets/OPS-7/links",
    "/tickets/OPS-7/hand-overs",
    "/tickets/OPS-7/time",
    "/tickets/OPS-7/alerts",
    "/tickets/OPS-7/history",
    f"/tickets/OPS-7/clocks/{clock()['id']}/waiver",
    f"/tickets/OPS-7/messages/{MESSAGE}/formatted",
    "/tickets/OPS-7/do/forward",
    "/tickets/OPS-7/do/hold",
    "/tickets/OPS-7/do/split",
    "/tickets/OPS-8/do/record_cause",
    "/tickets/OPS-8/do/verify_on_staging",
    "/status",
    "/status?wall=1",
    "/on-call",
    "/waivers",
    "/waivers/WVR-1",
    "/deliveries",
    "/deliveries?state=in_review",
    "/deliveries/new?product=billing&version=2.4.2",
    "/deliveries/DEL-4",
    "/versions?product=billing",
    "/versions/billing:2.4.2",
    "/refusals",
    "/follow-ups",
    "/follow-ups/FUP-3",
    "/environments/acme-prod",
    "/customers/acme/environments/acme-prod",
    "/escalations/ESC-3",
    "/notices/NTC-2",
    "/monitoring-improvements/MON-1",
    "/mails",
    f"/mails/{MAIL_ID}",
    "/access-requests",
    "/access-requests/new",
    "/access-requests/ACC-1",
    "/articles",
    "/articles/KB-1",
    f"/customers/acme/contacts/{CONTACT['id']}",
    f"/contacts/{CONTACT['id']}/erasure",
    "/people",
    "/people/mia",
    "/priority-matrix",
    "/outage-rules",
    "/tickets/OPS-7/help",
    "/tickets/OPS-7/linked-tickets",
    "/search?q=invoices",
    "/settings",
    "/nothing",
)
ALLOWED = [
    {"act": act.permission, "possible": number % 3 > 0, "why_not": {"detail": "Not as it is now."}}
    for number, act in enumerate(ACT_FORMS)
]
COVERED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body) return null;
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const outline = getComputedStyle(one).outlineStyle;
  return {what: one.outerHTML.slice(0, 160), seen: box.width > 0 && !!at && (one.contains(at) || at.contains(one)
    || [...(one.labels ?? [])].some((label) => label.contains(at))), outlined: outline !== "none"};
}"""
MOST_TABS = 120
FAR_FROM_THE_LEFT = """() => [...document.querySelectorAll(".row > .what")]
  .filter((one) => one.getBoundingClientRect().left - one.parentElement.getBoundingClientRect().left > 52)
  .map((one) => one.innerText)"""
"""There is room for a mark before the words, and for no more."""
HEAD = """() => {
  const box = (one) => one.getBoundingClientRect(), shown = (one) => box(one).width > 1;
  const parts = [...document.querySelectorAll(".bar > *")].filter(shown);
  const middle = (one) => (box(one).top + box(one).bottom) / 2;
  const rows = parts.map(middle).sort((a, b) => a - b).filter((one, at, all) => !at || one - all[at - 1] > 16);
  const entries = [...document.querySelectorAll(".places > ul > li")].filter(shown);
  const over = (one, other) => box(one).right > box(other).left + 1 && box(other).right > box(one).left + 1
    && box(one).bottom > box(other).top + 1 && box(other).bottom > box(one).top + 1;
  const covered = parts.filter((one, at) => parts.slice(at + 1).some((other) => over(one, other)));
  return [rows, [...new Set(entries.map((one) => Math.round(box(one).top)))],
    covered.map((one) => one.className)];
}"""


@pytest.mark.parametrize("language", ["en-GB", "nl-NL", "de-DE"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_page_is_sound(
    look: Look, services: FakeServices, theme: str, language: str
) -> None:
    say_ticket(services, allowed=ALLOWED)
    watched = await look(WHO, color_scheme=theme, locale=language)
    assert await watched.faults(PAGES) == {}


@pytest.mark.parametrize("width", [320, 390])
async def test_no_page_scrolls_sideways(look: Look, services: FakeServices, width: int) -> None:
    say_ticket(services, allowed=ALLOWED)
    how = {"viewport": {"width": width, "height": 800}, "locale": "de-DE"}
    watched = await look(WHO, **how)
    assert await watched.wider_than(width, PAGES) == {}


async def test_on_a_phone_each_row_begins_at_its_left(look: Look, services: FakeServices) -> None:
    """Also one without a mark or a time before its words."""
    say_ticket(services, allowed=ALLOWED)
    watched = await look(WHO, viewport={"width": 390, "height": 800})
    far: dict[str, list[str]] = {}
    for path in (*PAGES, "/customers", "/calendars"):
        await watched.go(path)
        if found := await watched.page.evaluate(FAR_FROM_THE_LEFT):
            far[path] = found
    assert far == {}


async def test_the_tab_key_leads_through_every_page_and_shows_where_it_is(
    look: Look, services: FakeServices
) -> None:
    """Nothing is reached that cannot be seen, and nothing lies behind the bar that stays."""
    say_ticket(services, allowed=ALLOWED)
    watched = await look(WHO)
    faults: dict[str, list[str]] = {}
    for path in PAGES:
        await watched.go(path)
        await watched.page.evaluate("document.activeElement?.blur()")
        seen: list[str] = []
        for _ in range(MOST_TABS):
            await watched.page.keyboard.press("Tab")
            at = await watched.page.evaluate(COVERED)
            if at is None or (seen and at["what"] == seen[0]):
                break
            seen.append(at["what"])
            if not at["seen"] or not at["outlined"]:
                faults.setdefault(path, []).append(at["what"])
        assert len(seen) > (2 if path == "/nothing" else 5), path
    assert faults == {}


@pytest.mark.parametrize("locale", ["en-GB", "nl-NL", "de-DE"])
@pytest.mark.parametrize(("width", "most_rows"), [(320, 2), (360, 2), (768, 2), (1280, 1)])
async def test_the_head_of_a_page_is_low_and_no_entry_is_cut(
    look: Look, locale: str, width: int, most_rows: int
) -> None:
    """A phone shows the work, not the menu; German words are the longest."""
    watched = await look(WHO, viewport={"width": width, "height": 800}, locale=locale)
    await watched.go("/settings")
    middles, lines, covered = await watched.page.evaluate(HEAD)
    assert len(middles) <= most_rows
    assert len(lines) == 1, "the entries stand on one line"
    assert covered == []


async def test_on_a_phone_the_menu_leads_to_every_page(look: Look) -> None:
    watched = await look(WHO, viewport={"width": 360, "height": 800}, java_script_enabled=False)
    await watched.go("/settings")
    await watched.page.locator("details.more summary").click()
    await watched.page.locator(".menu a[href='/waivers']").click()
    await watched.page.wait_for_url("**/waivers")

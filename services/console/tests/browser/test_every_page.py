"""Every page in a browser: nothing that axe finds, no report of the policy, no other host, and keys that lead on."""

import pytest

from console.tickets.acts import ACT_FORMS
from console_support.answers import MESSAGE, clock, say_ticket
from console_support.served import Look
from console_support.services import FakeServices

WHO = "dana"
"""A delivery manager: who may ask for a delivery, too."""
PAGES = (
    "/",
    "/tickets",
    "/tickets?q=customer%3Aacme+is%3Abroken+breaks%3A%3C2h+nothing%3Aknown",
    "/tickets/OPS-7",
    "/tickets/new?who=jan",
    "/tickets/views?q=is%3Amine",
    "/tickets/OPS-7/links",
    "/tickets/OPS-7/hand-overs",
    "/tickets/OPS-7/time",
    "/tickets/OPS-7/history",
    f"/tickets/OPS-7/clocks/{clock()['id']}/waiver",
    f"/tickets/OPS-7/messages/{MESSAGE}/formatted",
    "/tickets/OPS-7/do/forward",
    "/tickets/OPS-7/do/hold",
    "/tickets/OPS-7/do/split",
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
    "/escalations/ESC-3",
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

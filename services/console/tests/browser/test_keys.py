"""Single letters: what `?` lists is what the page has; they clash with nothing, and do nothing that stays."""

import pytest
from playwright.async_api import expect

from common.now import now
from common.persistence.database import Database
from console.profile import store as profiles
from console.profile.store import Profile
from console_support.answers import page_of, say_ticket, ticket
from console_support.served import Look, Watched
from console_support.services import FakeServices

THREE = [ticket(), ticket(key="OPS-8", title="Slow"), ticket(key="OPS-9", title="Report is empty")]

ALTGR = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', modifierAltGraph: true, bubbles: true}))"
"""Playwright presses no AltGr: browsers tell it as a state of the event."""


def say_three(services: FakeServices) -> None:
    services.say("intake", "/v1/queue", page_of(*THREE))


async def test_a_list_is_walked_chosen_and_opened_by_letters(
    look: Look, services: FakeServices
) -> None:
    say_three(services)
    watched = await look()
    await watched.go("/tickets")
    page, keyboard = watched.page, watched.page.keyboard
    for key in "jjkx":
        await keyboard.press(key)
    await expect(page.locator("tr[data-row='/tickets/OPS-7'] input")).to_be_checked()
    await expect(page.locator("[data-count]")).to_have_text("1 chosen")
    await page.locator("tr[data-row='/tickets/OPS-9'] input").click(modifiers=["Shift"])
    await expect(page.locator("[data-count]")).to_have_text("3 chosen")
    await page.locator("tr[data-row='/tickets/OPS-8'] a").focus()
    await keyboard.press("o")
    await page.wait_for_url("**/tickets/OPS-8")


async def test_from_a_ticket_to_the_next_of_the_list_and_back(
    look: Look, services: FakeServices
) -> None:
    say_three(services)
    for one in THREE[1:]:
        services.say("intake", f"/v1/tickets/{one['key']}", one, etag='"1"')
        services.say("intake", f"/v1/tickets/{one['key']}/messages", page_of())
    watched = await look()
    await watched.go("/tickets?q=is%3Amine")
    page, keyboard = watched.page, watched.page.keyboard
    await page.get_by_role("link", name="OPS-7").click()
    await page.wait_for_url("**/tickets/OPS-7")
    await expect(page.locator("[data-walk]")).to_contain_text("(1/3)")
    await keyboard.press("]")
    await page.wait_for_url("**/tickets/OPS-8")
    await keyboard.press("[")
    await page.wait_for_url("**/tickets/OPS-7")
    await keyboard.press("u")
    await page.wait_for_url("**/tickets?q=is%3Amine")


async def test_what_the_help_lists_is_what_the_page_has(look: Look, services: FakeServices) -> None:
    allowed = [{"act": act, "possible": True, "why_not": None} for act in ("assign", "forward")]
    say_ticket(services, allowed=allowed, assignee=None)
    watched = await look()
    for path in ("/", "/tickets", "/tickets/OPS-7", "/settings"):
        await watched.go(path)
        await watched.page.keyboard.press("?")
        box = watched.page.get_by_role("dialog")
        await expect(box).to_be_visible()
        listed = await box.locator("kbd").all_text_contents()
        has = await watched.page.locator("[data-key]").evaluate_all(
            "all => all.filter((one) => one.dataset.says || one.getClientRects().length).map((one) => one.dataset.key)"
        )
        assert listed == list(dict.fromkeys(has))
        assert {"/", "?", "c", "g m"} <= set(listed)
        await watched.page.keyboard.press("Escape")
    await watched.go("/tickets/OPS-7")
    await watched.page.keyboard.press("f")
    await watched.page.wait_for_url("**/tickets/OPS-7/do/forward")
    await watched.page.keyboard.press("g")
    await watched.page.keyboard.press("t")
    await watched.page.wait_for_url("**/tickets")


async def test_letters_in_a_field_and_with_other_keys_are_letters(
    look: Look, services: FakeServices
) -> None:
    watched = await look()
    await watched.go("/tickets/OPS-7")
    page, keyboard = watched.page, watched.page.keyboard
    await keyboard.press("r")
    reply = page.locator("#reply-text")
    await expect(reply).to_be_focused()
    await keyboard.type("jump g t u n")
    await expect(reply).to_have_value("jump g t u n")
    await keyboard.press("Escape")
    await expect(reply).not_to_be_focused()
    for key in ("Alt+n", "Meta+n"):
        await keyboard.press(key)
        await expect(page.locator("#note-text")).not_to_be_focused()
    await page.evaluate(ALTGR)
    await expect(page.locator("#note-text")).not_to_be_focused()
    await keyboard.press("Control+k")
    await expect(page.locator("#find")).to_be_focused()


async def test_nothing_is_sent_by_a_letter(look: Look, services: FakeServices) -> None:
    """But to take a ticket, which is given back as easily."""
    acts = (
        "assign",
        "verify",
        "reject",
        "resolve",
        "close",
        "reopen",
        "merge",
        "hold",
        "prioritise",
    )
    allowed = [{"act": act, "possible": True, "why_not": None} for act in acts]
    say_ticket(services, allowed=allowed, assignee=None)
    watched = await look()
    for key in "abdefhklmnopqrstuvwxyz":
        tab = await Watched.open(watched.page.context, watched.origin)
        await tab.go("/tickets/OPS-7")
        await tab.page.keyboard.press(key)
        await tab.page.wait_for_timeout(300)
        await tab.page.close()
    assert [one.path for one in services.sent() if "presence" not in one.path] == []


@pytest.mark.parametrize("key", ["j", "?", "c", "r"])
async def test_the_switch_turns_letters_off(
    look: Look, services: FakeServices, database: Database, key: str
) -> None:
    async with database.transaction() as tx:
        await profiles.save(tx, "anna", Profile(single_keys=False), now())
    watched = await look()
    await watched.go("/tickets/OPS-7")
    before = watched.page.url
    await watched.page.keyboard.press(key)
    await watched.page.wait_for_timeout(100)
    assert watched.page.url == before
    assert await watched.page.evaluate("document.activeElement === document.body")
    assert await watched.page.get_by_role("dialog").count() == 0
    await watched.page.locator("#reply-text").fill("Dear Jan")
    services.say("intake", "/v1/tickets/OPS-7/replies", {}, status=201, method="POST")
    await watched.page.keyboard.press("Control+Enter")
    await watched.page.wait_for_url("**/tickets/OPS-7?done=reply")


async def test_after_finishing_the_next_one_is_shown(
    look: Look, services: FakeServices, database: Database
) -> None:
    async with database.transaction() as tx:
        await profiles.save(tx, "anna", Profile(after_finishing="next"), now())
    say_three(services)
    say_ticket(services, allowed=[{"act": "resolve", "possible": True, "why_not": None}])
    services.say("intake", "/v1/tickets/OPS-7/resolve", {}, method="POST")
    watched = await look()
    await watched.go("/tickets")
    await watched.page.get_by_role("link", name="OPS-7").click()
    await watched.page.wait_for_url("**/tickets/OPS-7")
    await watched.page.keyboard.press("s")
    await watched.page.keyboard.type("Restarted the scheduler.")
    await watched.page.keyboard.press("Control+Enter")
    await watched.page.wait_for_url("**/tickets/OPS-8")

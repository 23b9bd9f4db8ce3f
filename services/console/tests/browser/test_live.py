"""Pages change by themselves, never under somebody's hand; one stream a browser, none where nobody looks."""

import httpx
from fastapi import FastAPI
from playwright.async_api import expect

from common.http import runtime_of
from console.live.hints import Hint
from console.live.hub import Hub
from console_support.answers import message, page_of, say_ticket, ticket
from console_support.served import Look, Watched
from console_support.services import FakeServices

HERE = "/tickets/OPS-7"
CHANGED = Hint(frozenset({"tickets", "ticket:OPS-7"}), "acme")


def seeing(served: FastAPI) -> Hub:
    """Let Kafka be there: hints are told by the test."""
    hub = runtime_of(served).resource(Hub)
    hub.is_blind = False
    return hub


async def live(watched: Watched) -> None:
    await expect(watched.page.locator("[data-live] [role=status]")).to_contain_text("Live:")


async def test_a_new_message_appears_and_what_is_typed_stays(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    hub = seeing(served)
    watched = await look()
    await watched.go(HERE)
    await live(watched)
    page = watched.page
    await page.locator("#reply-text").press_sequentially("Dear Jan, half a sen")
    written = page_of(message("And now the printer, too.", direction="inbound"))
    services.say("intake", "/v1/tickets/OPS-7/messages", written)
    hub.tell(CHANGED)
    await expect(page.locator("#part-conversation")).to_contain_text("And now the printer, too.")
    await expect(page.locator("#reply-text")).to_have_value("Dear Jan, half a sen")
    await expect(page.locator("#reply-text")).to_be_focused()
    assert watched.wrong == []


async def test_rows_do_not_move_under_the_pointer(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    hub = seeing(served)
    services.say("intake", "/v1/queue", page_of(ticket(), ticket(key="OPS-8", title="Slow")))
    watched = await look()
    await watched.go("/tickets")
    await live(watched)
    page = watched.page
    await page.locator("tr[data-row='/tickets/OPS-8']").hover()
    new = ticket(key="OPS-1", title="Nothing works", priority="blocker")
    changed = ticket(key="OPS-8", title="Slow", priority="minor")
    services.say("intake", "/v1/queue", page_of(new, ticket(), changed))
    hub.tell(CHANGED)
    await expect(page.locator(".changed")).to_contain_text("2 changed")
    await expect(page.locator("#part-queue")).not_to_contain_text("Nothing works")
    await page.get_by_role("button", name="Show", exact=True).last.click()
    await expect(page.locator("#part-queue")).to_contain_text("Nothing works")
    await expect(page.locator("#part-queue")).to_be_focused()
    await expect(page.locator(".changed")).to_have_count(0)


async def test_rows_that_are_ticked_stay(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    hub = seeing(served)
    services.say("intake", "/v1/queue", page_of(ticket()))
    watched = await look()
    await watched.go("/tickets")
    await live(watched)
    page = watched.page
    await page.locator("#choose-OPS-7").check()
    await page.mouse.move(5, 5)
    await page.evaluate("document.activeElement.blur()")
    services.say("intake", "/v1/queue", page_of(ticket(priority="blocker")))
    hub.tell(CHANGED)
    await expect(page.locator(".changed")).to_contain_text("1 changed")
    await expect(page.locator("#choose-OPS-7")).to_be_checked()


async def test_a_pause_is_a_pause(look: Look, served: FastAPI, services: FakeServices) -> None:
    hub = seeing(served)
    watched = await look()
    await watched.go(HERE)
    await live(watched)
    page = watched.page
    await page.keyboard.press("l")
    await expect(page.locator("[data-live] [role=status]")).to_contain_text("Paused")
    say_ticket(services, team="second_level")
    watched.asked.clear()
    hub.tell(CHANGED)
    await page.wait_for_timeout(1200)
    assert [one for one in watched.asked if "/parts/" in one] == []
    await page.keyboard.press("l")
    await expect(page.locator("#part-facts")).to_contain_text("second_level")


async def test_eight_tabs_have_one_stream(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    hub = seeing(served)
    first = await look()
    await first.go(HERE)
    await live(first)
    tabs = [first] + [await Watched.open(first.page.context, first.origin) for _ in range(7)]
    for tab in tabs[1:]:
        await tab.go(HERE)
    streams = [one for tab in tabs for one in tab.asked if one == "GET /live"]
    assert len(streams) == 1
    say_ticket(services, team="second_level")
    hub.tell(CHANGED)
    for tab in tabs:
        await expect(tab.page.locator("#part-facts")).to_contain_text("second_level")


async def test_a_contact_hears_of_their_own_customer_alone(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    hub = seeing(served)
    watched = await look("jan")
    await watched.go(HERE)
    await live(watched)
    watched.asked.clear()
    hub.tell(Hint(frozenset({"tickets", "ticket:OPS-7"}), "brightwater"))
    await watched.page.wait_for_timeout(1200)
    assert [one for one in watched.asked if "/parts/" in one] == []


async def test_without_kafka_it_is_said_and_looked_for_all_the_same(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    watched = await look()
    await watched.page.clock.install()
    await watched.go(HERE)
    page = watched.page
    await expect(page.locator("[data-live] [role=status]")).to_contain_text("every 30 s")
    say_ticket(services, team="second_level")
    await page.clock.run_for(31_000)
    await expect(page.locator("#part-facts")).to_contain_text("second_level")


async def test_what_a_service_did_not_say_is_asked_for_again_without_a_hint(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    seeing(served)
    promises = services.answers["sla", "GET", "/v1/tickets/OPS-7/clocks"]
    services.answers["sla", "GET", "/v1/tickets/OPS-7/clocks"] = httpx.ReadTimeout("silent")
    watched = await look()
    await watched.page.clock.install()
    await watched.go(HERE)
    await live(watched)
    part = watched.page.locator("#part-promises")
    await expect(part).to_contain_text("cannot be shown")
    services.answers["sla", "GET", "/v1/tickets/OPS-7/clocks"] = promises
    await watched.page.clock.run_for(11_000)
    await expect(part).not_to_contain_text("cannot be shown")


async def test_a_page_that_nobody_sees_asks_nothing(
    look: Look, served: FastAPI, services: FakeServices
) -> None:
    hub = seeing(served)
    watched = await look()
    await watched.go(HERE)
    await live(watched)
    page = watched.page
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    event = "document.dispatchEvent(new Event('visibilitychange'))"
    await page.evaluate(hide % "true" + event)
    await page.wait_for_timeout(200)
    watched.asked.clear()
    say_ticket(services, team="second_level")
    hub.tell(CHANGED)
    await page.wait_for_timeout(1200)
    assert watched.asked == []
    await page.evaluate(hide % "false" + event)
    await expect(page.locator("#part-facts")).to_contain_text("second_level")
    assert "GET /live" in watched.asked


async def test_what_may_help_comes_after_the_page_and_once(
    look: Look, services: FakeServices
) -> None:
    watched = await look()
    await watched.go(HERE)
    await expect(watched.page.locator("#part-help")).to_contain_text("Restart the scheduler.")
    await expect(
        watched.page.locator("#part-help [data-part], #part-help[data-part]")
    ).to_have_count(0)
    asked = [one for one in services.seen if one.path.endswith("/suggestions")]
    assert len(asked) == 1
    assert watched.wrong == []

"""Asking for a waiver from the promise that it is about."""

from console_support.answers import clock
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices

CLOCK = clock()["id"]
HERE = f"/tickets/OPS-7/clocks/{CLOCK}/waiver"


async def test_a_waiver_is_asked_for_with_its_end_in_the_readers_zone(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("sla", "/v1/waivers", {"key": "WVR-2"}, status=201, method="POST")
    browser = await sign_in("anna")
    ticket = await browser.open("/tickets/OPS-7")
    assert HERE in ticket.tree.xpath("//a/@href")
    page = await browser.open(HERE)
    assert "Europe/Amsterdam" in page.main
    empty = await browser.send(page, HERE, reason="")
    assert empty.status == 422
    done = await browser.send(page, HERE, reason="The vendor's fix.", expires_at="2026-03-02T12:00")
    assert done.response.headers["location"] == "/tickets/OPS-7?done=ask_waiver"
    assert services.sent()[0].body == {
        "clock_id": CLOCK,
        "reason": "The vendor's fix.",
        "expires_at": "2026-03-02T11:00:00+00:00",
    }


async def test_a_promise_that_is_not_on_the_ticket_has_no_form(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    other = HERE.replace(CLOCK, "0190a000-0000-7000-8000-00000000ffff")
    page = await (await sign_in("anna")).open(other)
    assert page.status == 404
    assert page.tree.xpath("//main//form") == []

"""Decisions from their pages: waivers, escalations, deliveries."""

from typing import Any

import pytest

from console.deliveries.view import RUN_BY_PEOPLE
from console_support.everything import CASE, DELIVERY, WAIVER, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem


async def test_a_waiver_is_approved_from_its_page(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("sla", "/v1/waivers/WVR-1/approve", {}, method="POST")
    browser = await sign_in("gina")
    page = await browser.open("/waivers/WVR-1")
    assert "Decide in 22 min" in page.main
    done = await browser.send(page, "/waivers/WVR-1/approve", reason="Agreed")
    assert done.response.headers["location"] == "/waivers/WVR-1?done=approve"
    sent = services.sent()[0]
    assert (sent.body, sent.headers["if-match"]) == ({"reason": "Agreed"}, '"1"')


async def test_an_approval_that_asks_for_a_fresh_sign_in_leads_to_one(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    asks = problem(401, "sign-in-required", "Sign in again, then approve.")
    services.say("sla", "/v1/waivers/WVR-1/approve", method="POST", answer=asks)
    browser = await sign_in("gina")
    page = await browser.open("/waivers/WVR-1")
    again = await browser.send(page, "/waivers/WVR-1/approve", reason="Agreed")
    assert again.status == 422
    assert again.tree.xpath("//a[starts-with(@href, '/sign-in?again=true')]")
    assert again.fields("/waivers/WVR-1/approve")["reason"] == "Agreed"


async def test_what_arrived_first_is_not_looked_for_in_a_conversation(
    sign_in: SignIn, services: FakeServices
) -> None:
    """Waivers, deliveries and agreements have none."""
    say_everything(services)
    used = problem(422, "idempotency-mismatch", "This key was used for another request.")
    services.say("sla", "/v1/waivers/WVR-1/approve", method="POST", answer=used)
    browser = await sign_in("gina")
    page = await browser.open("/waivers/WVR-1")
    again = await browser.send(page, "/waivers/WVR-1/approve", reason="Agreed")
    assert again.status == 409
    assert "You had sent something else before, and that was done." in again.main
    assert "conversation" not in again.main


async def test_an_acknowledgement_is_not_refused_for_a_step_that_fired_meanwhile(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("escalation", "/v1/escalations/ESC-3/acknowledge", {}, method="POST")
    browser = await sign_in("sven")
    page = await browser.open("/escalations/ESC-3")
    await browser.send(page, "/escalations/ESC-3/acknowledge")
    assert "if-match" not in services.sent()[0].headers


async def test_a_delivery_shows_which_approvals_count_and_is_refused_with_an_argument(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("delivery-gate", "/v1/deliveries/DEL-4/refuse", {}, method="POST")
    browser = await sign_in("omar")
    page = await browser.open("/deliveries/DEL-4")
    assert "2 people are needed, none of them the requester." in page.main
    assert "under criteria version 11, which counts no more" in page.main
    action = "/deliveries/DEL-4/refuse"
    empty = await browser.send(page, action, justification="", task="")
    assert empty.status == 422
    assert services.sent() == []
    await browser.send(empty, action, justification="No rollback", task="Write it", kind="retest")
    assert services.sent()[0].body == {
        "reasons": [{"code": "CHECK_FAILED", "justification": "No rollback"}],
        "follow_ups": [{"kind": "retest", "task": "Write it"}],
    }


def _refused(act: str, code: str) -> dict[str, Any]:
    why_not = {"code": code, "parameters": {}, "detail": "In the service's English."}
    return {"act": act, "possible": False, "why_not": why_not}


async def test_what_would_be_refused_is_not_offered_and_said_why(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    codes = ("approve", "role_missing"), ("refuse", "role_missing")
    waiver = WAIVER | {"allowed": [_refused(*one) for one in codes]}
    services.say("sla", "/v1/waivers/WVR-1", waiver)
    case = CASE | {"allowed": [_refused("acknowledge", "permission_missing")]}
    services.say("escalation", "/v1/escalations/ESC-3", case)
    run = tuple((act, "role_missing") for act in RUN_BY_PEOPLE)
    delivery = DELIVERY | {"allowed": [_refused(*one) for one in (*codes, *run)]}
    services.say("delivery-gate", "/v1/deliveries/DEL-4", delivery)
    browser = await sign_in("theo")
    for path, sentence in (
        ("/waivers/WVR-1", "This takes another role than yours."),
        ("/escalations/ESC-3", "Your role may not do this."),
        ("/deliveries/DEL-4", "This takes another role than yours."),
    ):
        page = await browser.open(path)
        assert page.status == 200
        assert sentence in page.main
        assert page.tree.xpath(f"//form[starts-with(@action, '{path}')]") == []


async def test_what_one_may_is_offered_without_the_rest(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    may = {"act": "approve", "possible": True, "why_not": None}
    delivery = DELIVERY | {"allowed": [may, _refused("refuse", "too_late")]}
    services.say("delivery-gate", "/v1/deliveries/DEL-4", delivery)
    page = await (await sign_in("omar")).open("/deliveries/DEL-4")
    assert page.tree.xpath("//form[@action='/deliveries/DEL-4/approve']//button")
    assert page.tree.xpath("//form[@action='/deliveries/DEL-4/refuse']") == []


@pytest.mark.parametrize(
    "path", ["/tickets/%2e", "/waivers/%2e", "/deliveries/%2E", "/tickets/%2e/do/assign"]
)
async def test_a_dot_is_the_key_of_nothing(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    """A client would ask the service for its list, which has no key."""
    say_everything(services)
    assert (await (await sign_in("anna")).open(path)).status == 404


async def test_a_reason_is_not_lost_when_somebody_else_has_decided(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("gina")
    page = await browser.open("/waivers/WVR-1")
    services.say("sla", "/v1/waivers/WVR-1", WAIVER | {"state": "approved"}, etag='"9"')
    overtaken = problem(412, "precondition-failed", "It was changed.")
    services.say("sla", "/v1/waivers/WVR-1/approve", method="POST", answer=overtaken)
    again = await browser.send(page, "/waivers/WVR-1/approve", reason="Not named")
    assert again.status == 412
    assert again.tree.xpath("string(//textarea[@readonly])") == "Not named"

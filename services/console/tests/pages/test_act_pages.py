"""Acts on a ticket as pages: every one that intake names has a form, and a refusal keeps what was typed."""

import re
from pathlib import Path
from typing import Any

import pytest

from console.tickets.acts import ACT_FORMS
from console_support.answers import say_ticket
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"
ROOT = Path(__file__).parents[4]
TYPED: dict[str, str] = {
    "to": "second_level",
    "seen_so_far": "No invoice leaves.",
    "tried": "Restarted the job.",
    "excluded": "The network.",
    "asked": "Find out why.",
    "due_at": "2026-03-02T17:00",
}


def may(*acts: str) -> list[dict[str, Any]]:
    return [{"act": act, "possible": True, "why_not": None} for act in acts]


def test_every_act_that_intake_names_has_a_form() -> None:
    sources = ("tickets/domain/acts.py", "problems/allowed_acts.py")
    intake = ROOT / "services/intake/src/intake"
    source = "".join((intake / path).read_text() for path in sources)
    named = set(re.findall(r'ActRule\(\s*"(\w+)"', source))
    assert {"forward", "record_cause", "give_up"} <= named
    assert named - {"reply", "note"} == {one.permission for one in ACT_FORMS}


async def test_a_hand_over_is_sent_whole(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    say_ticket(services, allowed=may("forward"))
    services.say("intake", "/v1/tickets/OPS-7/forward", {}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/forward")
    half = await browser.send(
        page, f"{HERE}/do/forward", to="second_level", seen_so_far="No invoice."
    )
    assert half.status == 422
    assert services.sent() == []
    for words in ("What was tried: This is needed.", "Until when: This is needed."):
        assert words in half.main
    assert half.fields(f"{HERE}/do/forward")["seen_so_far"] == "No invoice."
    done = await browser.send(half, f"{HERE}/do/forward", **TYPED)
    assert done.response.headers["location"] == f"{HERE}?done=forward"
    sent = services.sent()[0]
    body = {"seen" if name == "seen_so_far" else name: value for name, value in TYPED.items()}
    assert sent.body == body | {"due_at": "2026-03-02T16:00:00+00:00"}
    assert sent.headers["if-match"] == '"7"'
    assert sent.headers["idempotency-key"] == page.fields(f"{HERE}/do/forward")["nonce"]


async def test_people_and_teams_are_chosen_from_a_list_and_typed_without_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    say_ticket(services, allowed=may("assign"))
    services.say("intake", "/v1/tickets/OPS-7/assign", {}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/assign")
    assert page.tree.xpath("//select[@id='assign-to']/option/@value") == ["", "anna", "omar"]
    await browser.send(page, f"{HERE}/do/assign", to="omar", team="second_level")
    assert services.sent()[0].body == {"to": "omar", "team": "second_level"}


async def test_what_may_not_be_done_is_a_disabled_button_with_the_reason(
    sign_in: SignIn, services: FakeServices
) -> None:
    why = {"code": "four_eyes", "parameters": {}, "detail": "You asked for it yourself."}
    refused = [{"act": "confirm_priority", "possible": False, "why_not": why}]
    pending = {
        "priority": "minor",
        "requested_by": "anna",
        "requested_at": "2026-03-02T08:00:00Z",
        "reason": "One customer alone.",
    }
    say_ticket(services, allowed=refused, pending_downgrade=pending)
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/confirm_priority")
    assert page.status == 200
    assert page.tree.xpath("//main//button[@disabled]/@aria-describedby") == ["why-not"]
    assert "You did the first step yourself. Another person does this one." in page.main
    assert "Priority: critical → minor" in page.main
    ticket = await browser.open(HERE)
    assert "Waits for a second person" in ticket.main
    assert "not you, as you asked for it" in ticket.main


async def test_an_overtaken_act_shows_both_versions(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services, allowed=may("prioritise"))
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/prioritise")
    say_ticket(services, allowed=may("prioritise"), priority="blocker")
    overtaken = problem(412, "precondition-failed", "It has changed since you read it.")
    services.say("intake", "/v1/tickets/OPS-7/prioritise", method="POST", answer=overtaken)
    again = await browser.send(page, f"{HERE}/do/prioritise", priority="major", reason="Less")
    assert again.status == 412
    assert "Priority: critical → blocker" in again.main
    assert again.fields(f"{HERE}/do/prioritise")["reason"] == "Less"


@pytest.mark.parametrize("service", ["intake", "sla"])
async def test_a_form_outlives_its_service(
    sign_in: SignIn, services: FakeServices, service: str
) -> None:
    say_everything(services)
    say_ticket(services, allowed=may("reclassify"))
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/reclassify")
    services.dead.add(service)
    again = await browser.send(page, f"{HERE}/do/reclassify", service="billing", reason="It is.")
    if service == "intake":
        assert again.status == 503
        assert "Not sent" in again.main
        fields = again.fields(f"{HERE}/do/reclassify")
        assert (fields["service"], fields["reason"]) == ("billing", "It is.")
        assert fields["nonce"] == page.fields(f"{HERE}/do/reclassify")["nonce"]
    else:
        assert services.sent()[0].body == {"service": "billing", "reason": "It is."}


async def test_an_hour_that_comes_twice_is_asked_about(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services, allowed=may("hold"))
    services.say("intake", "/v1/tickets/OPS-7/hold", {}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/hold")
    typed = {"waiting_on": "date", "until": "2026-10-25T02:30", "reason": "The vendor's date."}
    again = await browser.send(page, f"{HERE}/do/hold", **typed)
    assert again.status == 422
    assert "This time comes twice" in again.main
    await browser.send(again, f"{HERE}/do/hold", **{"until.hour": "second"})
    assert services.sent()[0].body["until"] == "2026-10-25T01:30:00+00:00"


async def test_a_soft_finding_may_be_overruled(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services, allowed=may("resolve"))
    found = [{"pointer": "/resolution", "code": "greeting", "detail": "It has no greeting."}]
    answer = problem(422, "message-check", "Correct it.", code="MESSAGE_CHECK", errors=found)
    services.say("intake", "/v1/tickets/OPS-7/resolve", method="POST", answer=answer)
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/resolve")
    assert page.tree.xpath("//*[@name='overrule_reason']") == []
    again = await browser.send(page, f"{HERE}/do/resolve", resolution="Restarted.")
    assert "It has no greeting." in again.main
    services.say("intake", "/v1/tickets/OPS-7/resolve", {}, method="POST")
    await browser.send(again, f"{HERE}/do/resolve", overrule_reason="They know us.")
    assert services.sent()[1].body == {
        "resolution": "Restarted.",
        "overrule_reason": "They know us.",
    }


async def test_who_verifies_says_what_was_checked(sign_in: SignIn, services: FakeServices) -> None:
    """R1"""
    say_everything(services)
    say_ticket(services, allowed=may("verify"))
    services.say("intake", "/v1/tickets/OPS-7/verify", {}, method="POST")
    browser = await sign_in("omar")
    page = await browser.open(f"{HERE}/do/verify")
    assert "shows that a second person looked" in page.main
    silent = await browser.send(page, f"{HERE}/do/verify", reason=" ")
    assert silent.status == 422
    assert services.sent() == []
    await browser.send(page, f"{HERE}/do/verify", reason="Sent an invoice.")
    assert [one.body for one in services.sent()] == [{"reason": "Sent an invoice."}]

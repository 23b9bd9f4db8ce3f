"""A problem is given up by two people, on the page of its ticket, where intake says that it may be."""

from typing import Any

import pytest

from console_support.answers import say_ticket
from console_support.people import SignIn
from console_support.problems import ASKED, CONFIRMED, PENDING, say_problem
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"
GIVE_UP, CONFIRM = f"{HERE}/do/give_up", f"{HERE}/do/confirm_giving_up"
YES: list[dict[str, Any]] = [{"act": "give_up", "possible": True, "why_not": None}]
OWN = {"code": "four_eyes", "parameters": {}, "detail": "anna asked to give it up."}
SETTLED = {"code": "already_confirmed", "parameters": {}, "detail": "Two people have."}


def second(**changed: Any) -> dict[str, Any]:
    return {"act": "confirm_giving_up", "possible": True, "why_not": None, **changed}


async def test_the_page_shows_the_problem_beside_its_ticket(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services)
    page = await (await sign_in("anna")).open(HERE)
    for words in ("known error", "The queue has no limit.", "Empty the queue every evening."):
        assert words in page.main, words
    links = page.tree.xpath("//section[@id='part-problem']//a/@href")
    assert links == ["/tickets/OPS-12", "/tickets/OPS-3", "/tickets/OPS-5"]


async def test_it_is_asked_for_with_a_reason(sign_in: SignIn, services: FakeServices) -> None:
    say_problem(services, allowed=YES)
    services.say("intake", "/v1/problems/OPS-7/give-up", {}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    empty = await browser.send(page, GIVE_UP)
    assert empty.status == 422
    assert "Reason: This is needed." in empty.main
    done = await browser.send(empty, GIVE_UP, reason="The product ends in June.")
    assert done.response.headers["location"] == f"{HERE}?done=give_up"
    sent = services.sent()[0]
    assert (sent.path, sent.body) == (
        "/v1/problems/OPS-7/give-up",
        {"reason": "The product ends in June."},
    )
    assert sent.headers["if-match"] == '"7"'
    after = await browser.open(f"{HERE}?done=give_up")
    assert "It waits for another person to confirm it." in after.main


async def test_another_person_confirms_what_they_can_read(
    sign_in: SignIn, services: FakeServices
) -> None:
    """R1"""
    say_problem(services, allowed=[*YES, second()], pending_giving_up=PENDING, **ASKED)
    services.say("intake", "/v1/problems/OPS-7/give-up/confirm", {}, method="POST")
    browser = await sign_in("omar")
    page = await browser.open(HERE)
    assert "Asked for by Anna de Vries" in page.main
    assert "The product ends in June." in page.main
    assert "You may confirm it: then the ticket may close without a fix." in page.main
    alone = await browser.open(CONFIRM)
    assert "The product ends in June." in alone.main
    done = await browser.send(page, CONFIRM)
    assert done.response.headers["location"] == f"{HERE}?done=confirm_giving_up"
    assert (services.sent()[0].path, services.sent()[0].body) == (
        "/v1/problems/OPS-7/give-up/confirm",
        None,
    )


async def test_who_asked_is_told_that_somebody_else_confirms(
    sign_in: SignIn, services: FakeServices
) -> None:
    """R1"""
    refused = second(possible=False, why_not=OWN)
    say_problem(services, allowed=[*YES, refused], pending_giving_up=PENDING, **ASKED)
    page = await (await sign_in("anna")).open(HERE)
    assert "Anybody else of us may confirm it: not you, as you asked for it." in page.main
    assert page.tree.xpath(f"//form[@action='{CONFIRM}']") == []
    assert "You did the first step yourself. Another person does this one." in page.main


async def test_what_is_given_up_says_by_whom_and_offers_it_no_more(
    sign_in: SignIn, services: FakeServices
) -> None:
    refused = [
        {"act": one, "possible": False, "why_not": SETTLED}
        for one in ("give_up", "confirm_giving_up")
    ]
    say_problem(services, allowed=refused, is_given_up=True, **ASKED, **CONFIRMED)
    page = await (await sign_in("omar")).open(HERE)
    assert "given up" in page.main
    assert "The product ends in June." in page.main
    assert page.tree.xpath("//form[contains(@action, 'giv')]") == []


@pytest.mark.parametrize("act", ["give_up", "confirm_giving_up"])
async def test_nothing_is_offered_on_a_ticket_of_another_kind(
    sign_in: SignIn, services: FakeServices, act: str
) -> None:
    say_ticket(services)
    page = await (await sign_in("anna")).open(HERE)
    assert page.tree.xpath("//section[@id='part-problem'] | //form[contains(@action, 'giv')]") == []
    assert not [one for one in services.seen if "/problems/" in one.path]


async def test_a_ticket_without_a_record_of_its_problem_says_so(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services, kind="problem")
    absent = problem(404, "not-found", "There is no problem OPS-7.")
    services.say("intake", "/v1/problems/OPS-7", answer=absent)
    page = await (await sign_in("anna")).open(HERE)
    assert page.status == 200
    assert "Neither its cause nor its fix is on record" in page.main
    assert page.tree.xpath("//form[contains(@action, 'giv')]") == []


async def test_the_form_keeps_what_was_typed_where_intake_does_not_answer(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services, allowed=YES)
    browser = await sign_in("anna")
    page = await browser.open(GIVE_UP)
    services.dead.add("intake")
    again = await browser.send(page, GIVE_UP, reason="The product ends.")
    assert again.status == 503
    assert again.fields(GIVE_UP)["reason"] == "The product ends."
    assert again.fields(GIVE_UP)["nonce"] == page.fields(GIVE_UP)["nonce"]

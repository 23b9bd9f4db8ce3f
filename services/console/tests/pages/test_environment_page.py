"""The end of an environment: one person asks for it on its page, another one confirms it there (R1)."""

from typing import Any

import pytest

from console_support.changes import ENTRY
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/customers/acme/environments/acme-prod"
DIRECTORY = "/v1/customers/acme/environments/acme-prod"
LEAVES, LEFT = "the end waits for another person", "has ended"
ASKED = {"end_asked_by": "anna", "end_asked_at": "2026-03-02T08:00:00Z"}


@pytest.mark.parametrize(
    ("changed", "words"), [({}, []), (ASKED, [LEAVES]), (ASKED | {"retired": True}, [LEFT])]
)
async def test_an_environment_that_ends_or_has_ended_is_marked(
    sign_in: SignIn, services: FakeServices, changed: dict[str, Any], words: list[str]
) -> None:
    say_everything(services)
    services.say("intake", DIRECTORY, ENTRY | changed)
    shown = (await (await sign_in("theo")).open(HERE)).main
    assert [one for one in (LEAVES, LEFT) if one in shown] == words


@pytest.mark.parametrize(
    ("act", "method", "asked", "typed", "done"),
    [
        ("end", "POST", "/v1/environments/acme-prod/end", {"reason": "Moved"}, "end"),
        ("confirm_end", "POST", "/v1/environments/acme-prod/end/confirm", {}, "confirm_end"),
        ("keep", "DELETE", "/v1/environments/acme-prod/end", {}, "keep"),
    ],
)
async def test_the_end_is_asked_for_confirmed_and_withdrawn(
    sign_in: SignIn,
    services: FakeServices,
    act: str,
    method: str,
    asked: str,
    typed: dict[str, str],
    done: str,
) -> None:
    say_everything(services)
    waits = {} if act == "end" else ASKED
    services.say("intake", DIRECTORY, ENTRY | waits, etag='"5"')
    services.say("intake", asked, {}, method=method)
    browser = await sign_in("theo")
    page = await browser.open(HERE)
    after = await browser.send(page, f"{HERE}/{act}", **typed)
    assert after.response.headers["location"] == f"{HERE}?done={done}"
    (sent,) = services.sent(method)
    assert (sent.path, sent.body or {}, sent.headers.get("if-match")) == (asked, typed, '"5"')
    shown = await browser.open(f"{HERE}?done={done}")
    assert shown.tree.xpath("//*[@role='status']")
    services.say("intake", asked, method=method, answer=problem(403, "four-eyes", "Not you."))
    again = await browser.send(page, f"{HERE}/{act}", **typed)
    assert again.status == 422
    assert again.tree.xpath("//title/text()")[0].startswith("Error:")
    assert "You did the first step yourself." in again.main


async def test_the_end_needs_a_reason(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    browser = await sign_in("theo")
    page = await browser.open(HERE)
    again = await browser.send(page, f"{HERE}/end")
    assert again.status == 422
    assert "Why: This is needed." in again.main
    assert services.sent() == []


async def test_the_second_person_reads_who_asked_and_the_first_is_offered_to_keep_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    """R1"""
    say_everything(services)
    people = {"items": [{"sub": "anna", "name": "Anna de Vries"}], "next": None}
    services.say("intake", "/v1/people", people)
    services.say("intake", DIRECTORY, ENTRY | ASKED)
    page = await (await sign_in("theo")).open(HERE)
    assert "Anna de Vries asked for its end" in page.main
    assert page.tree.xpath(f"//form[@action='{HERE}/confirm_end']")
    own = await (await sign_in("anna")).open(HERE)
    assert "You asked for it yourself, so somebody else has to confirm." in own.main
    assert own.tree.xpath(f"//form[@action='{HERE}/confirm_end']") == []
    assert own.tree.xpath(f"//form[@action='{HERE}/keep']")


async def test_only_who_keeps_the_directory_ends_it_and_nobody_twice(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    form = f"//form[@action='{HERE}/end']"
    for sub, forms in (("anna", 1), ("dana", 0)):
        page = await (await sign_in(sub)).open(HERE)
        assert len(page.tree.xpath(form)) == forms
    services.say("intake", DIRECTORY, ENTRY | ASKED | {"retired": True})
    page = await (await sign_in("anna")).open(HERE)
    assert page.tree.xpath(f"//form[starts-with(@action, '{HERE}')]") == []


async def test_the_page_of_what_runs_there_leads_to_the_end_for_who_may_ask_for_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    link = f"//main//a[@href='{HERE}']"
    for sub, links in (("anna", 1), ("dana", 0)):
        page = await (await sign_in(sub)).open("/environments/acme-prod")
        assert len(page.tree.xpath(link)) == links


async def test_an_act_that_there_is_not_is_a_page_that_there_is_not(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    fields = (await browser.open(HERE)).fields(f"{HERE}/end")
    assert (await browser.post(f"{HERE}/other", fields)).status == 404

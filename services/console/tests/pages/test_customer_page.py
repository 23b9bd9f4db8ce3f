"""The page of a customer says who leaves, and who has left."""

from typing import Any

import pytest

from console_support.changes import CUSTOMER
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

LEAVES, LEFT = "the end waits for another person", "has left"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"end_asked_by": "anna"}, [LEAVES]),
        ({"end_asked_by": "anna", "retired": True}, [LEFT]),
    ],
)
async def test_a_customer_who_leaves_or_has_left_is_marked(
    sign_in: SignIn, services: FakeServices, changed: dict[str, Any], words: list[str]
) -> None:
    say_everything(services)
    services.say("intake", "/v1/customers/acme", CUSTOMER | changed)
    browser = await sign_in("theo")
    shown = (await browser.open("/customers/acme")).main
    assert [one for one in (LEAVES, LEFT) if one in shown] == words


@pytest.mark.parametrize(
    ("act", "method", "asked", "typed", "done"),
    [
        ("end", "POST", "/v1/customers/acme/end", {"reason": "The contract is over"}, "end"),
        ("confirm-end", "POST", "/v1/customers/acme/end/confirm", {}, "confirm_end"),
        ("keep", "DELETE", "/v1/customers/acme/end", {}, "keep"),
    ],
)
async def test_the_end_of_a_customer_is_asked_for_confirmed_and_withdrawn(
    sign_in: SignIn,
    services: FakeServices,
    act: str,
    method: str,
    asked: str,
    typed: dict[str, str],
    done: str,
) -> None:
    say_everything(services)
    waits = {} if act == "end" else {"end_asked_by": "anna"}
    services.say("intake", "/v1/customers/acme", CUSTOMER | waits, etag='"4"')
    services.say("intake", asked, {}, method=method)
    browser = await sign_in("theo")
    page = await browser.open("/customers/acme")
    after = await browser.send(page, f"/customers/acme/{act}", **typed)
    assert after.response.headers["location"] == f"/customers/acme?done={done}"
    (sent,) = services.sent(method)
    assert (sent.path, sent.body or {}, sent.headers.get("if-match")) == (asked, typed, '"4"')
    shown = await browser.open(f"/customers/acme?done={done}")
    assert shown.tree.xpath("//*[@role='status']")
    services.say("intake", asked, method=method, answer=problem(403, "four-eyes", "Not you."))
    again = await browser.send(page, f"/customers/acme/{act}", **typed)
    assert again.status == 422
    assert again.tree.xpath("//title/text()")[0].startswith("Error:")


async def test_only_who_keeps_the_directory_ends_a_customer(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    for sub, forms in (("anna", 1), ("dana", 0)):
        page = await (await sign_in(sub)).open("/customers/acme")
        assert len(page.tree.xpath("//form[@action='/customers/acme/end']")) == forms

"""Deliveries run by people, and shown by environment; versions with all that is known of them."""

from typing import Any

import pytest

from console_support.answers import page_of
from console_support.changes import FOLLOW_UP
from console_support.deliveries import cell, row
from console_support.everything import CRITERIA, DELIVERY, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

RUNS: list[tuple[str, dict[str, str], Any]] = [
    ("start", {}, {"digest": "sha256:9f3c"}),
    ("rolled-out", {}, None),
    ("verify", {"digest": " sha256:9f3c "}, {"digest": "sha256:9f3c"}),
    (
        "fail",
        {"justification": "It does not start", "evidence": "run 7"},
        {"justification": "It does not start", "evidence": "run 7"},
    ),
    ("withdraw", {}, None),
]


@pytest.mark.parametrize(("act", "typed", "body"), RUNS, ids=[one[0] for one in RUNS])
async def test_people_run_a_delivery_from_its_page(
    sign_in: SignIn, services: FakeServices, act: str, typed: dict[str, str], body: Any
) -> None:
    say_everything(services)
    path = f"/deliveries/DEL-4/{act}"
    services.say("delivery-gate", f"/v1{path}", {}, method="POST")
    browser = await sign_in("sven")
    page = await browser.open("/deliveries/DEL-4")
    done = await browser.send(page, path, **typed)
    assert done.response.headers["location"] == f"/deliveries/DEL-4?done={act}"
    (sent,) = services.sent()
    assert (sent.path, sent.body, sent.headers["if-match"]) == (f"/v1{path}", body, '"4"')
    assert sent.headers["idempotency-key"] == page.fields(path)["nonce"]


async def test_what_runs_is_said_by_who_has_looked(sign_in: SignIn, services: FakeServices) -> None:
    """The digest of a verification is not filled in beforehand: it would verify nothing."""
    say_everything(services)
    browser = await sign_in("sven")
    page = await browser.open("/deliveries/DEL-4")
    assert page.fields("/deliveries/DEL-4/verify")["digest"] == ""
    for act, field in (("verify", "digest"), ("fail", "justification")):
        empty = await browser.send(page, f"/deliveries/DEL-4/{act}")
        assert empty.status == 422
        assert empty.tree.xpath(f"//*[@id='{act}-{field}']/@aria-invalid") == ["true"]
    assert services.sent() == []


async def test_what_may_not_be_done_now_is_said_with_the_reason(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    late = {"code": "NOT_REVIEWABLE", "parameters": {}, "detail": "This delivery is in_review."}
    acts = [
        {"act": act, "possible": act == "withdraw", "why_not": None if act == "withdraw" else late}
        for act in ("start", "rolled_out", "verify", "fail", "withdraw")
    ]
    services.say("delivery-gate", "/v1/deliveries/DEL-4", DELIVERY | {"allowed": acts})
    browser = await sign_in("sven")
    page = await browser.open("/deliveries/DEL-4")
    assert "Start it: That is not possible in its present state." in page.main
    assert page.tree.xpath("//form[@action='/deliveries/DEL-4/start']") == []
    assert page.tree.xpath("//form[@action='/deliveries/DEL-4/withdraw']//button")
    ended = DELIVERY | {"allowed": acts, "state": "delivered"}
    services.say("delivery-gate", "/v1/deliveries/DEL-4", ended)
    over = await browser.open("/deliveries/DEL-4")
    assert "Not now" not in over.main
    assert over.tree.xpath("//form[starts-with(@action, '/deliveries/DEL-4')]") == []


async def test_the_matrix_says_in_words_what_runs_comes_and_stands_in_the_way(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("dana")).open("/deliveries")
    assert [one.service for one in services.seen] == ["delivery-gate"]
    assert page.tree.xpath("//table//th[@scope='col']//text()") == [
        "Environment",
        "billing",
        "portal",
    ]
    for words in (
        "runs billing 2.4.2 since",
        "2.4.2 DEL-4 in review asked for by pavel",
        "something without a name runs",
        "Only a version with EMC-2 is taken, due",
        "Nobody can explain what runs as portal.",
        "blocker OPS-7 a hotfix is permitted",
        "Nothing of it runs yet.",
        "✕ held 2.4.3 FUP-3 open",
    ):
        assert words in page.main, words


async def test_the_matrix_is_narrowed_and_goes_on(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    rows = page_of(row("acme-prod", cell("portal")), next="abc")
    services.say("delivery-gate", "/v1/delivery-matrix", rows)
    page = await (await sign_in("dana")).open("/deliveries?customer=acme&product=portal")
    assert services.seen[-1].query == {"limit": "50", "customer": "acme", "product": "portal"}
    assert page.tree.xpath("//main//p[@class='end']/a/@href") == [
        "/deliveries?customer=acme&product=portal&cursor=abc"
    ]


async def test_a_version_shows_what_was_checked_where_it_runs_and_what_holds_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("quin")).open("/versions/billing:2.4.2")
    for words in (
        "regression test passed",
        "Needed for: production, staging.",
        "vulnerability scan no result yet",
        "licences failed",
        "EMC-2 Emergency change",
        "acme-prod production acme",
        "Until these are confirmed it is delivered nowhere: FUP-3",
        "DEL-4 acme-prod",
    ):
        assert words in page.main, words
    assert page.tree.xpath("//a[starts-with(@href, 'https://ci.meridian')]")
    assert page.tree.xpath("//a[starts-with(@href, 'javascript')]") == []
    about = {"limit": "50", "product": "billing", "version": "2.4.2"}
    asked = {one.path: one.query for one in services.seen}
    assert asked["/v1/deliveries"] == asked["/v1/follow-ups"] == about


async def test_a_check_that_is_too_old_is_said_to_be(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("delivery-gate", "/v1/criteria", CRITERIA | {"max_check_age_seconds": 3_600})
    page = await (await sign_in("quin")).open("/versions/billing:2.4.2")
    assert page.main.count("It is too old since") == 1, "a failed one is not too old, but failed"


async def test_from_deliveries_refusals_and_follow_ups_a_link_leads_to_the_version(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("quin")
    link = "//main//a[@href='/versions/billing:2.4.2']"
    for path in ("/deliveries/DEL-4", "/refusals", "/follow-ups/FUP-3", "/versions"):
        assert (await browser.open(path)).tree.xpath(link), path
    unknown = DELIVERY | {"version_id": None}
    services.say("delivery-gate", "/v1/deliveries/DEL-4", unknown)
    assert (await browser.open("/deliveries/DEL-4")).tree.xpath(link) == []


async def test_a_follow_up_is_given_to_one_of_us_and_a_refusal_stands_at_its_field(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    path = "/follow-ups/FUP-3/assign"
    errors = [{"pointer": "/owner", "code": "has_left", "detail": "omar has left"}]
    answer = problem(422, "validation-failed", "Look at the fields.", errors=errors)
    services.say("delivery-gate", f"/v1{path}", method="POST", answer=answer)
    services.say("delivery-gate", "/v1/follow-ups/FUP-3", FOLLOW_UP, etag='"3"')
    browser = await sign_in("quin")
    page = await browser.open("/follow-ups/FUP-3")
    choices = "//select[@id='assign-owner']/option/@value"
    assert page.tree.xpath(choices) == ["", "anna", "omar"]
    again = await browser.send(page, path, owner="omar")
    assert again.status == 422
    assert "This person has left." in again.tree.xpath("string(//p[@id='assign-owner-wrong'])")
    assert again.fields(path)["owner"] == "omar"
    services.dead.add("intake")
    alone = await browser.open("/follow-ups/FUP-3")
    assert alone.status == 200
    assert alone.tree.xpath(choices) == ["", "anna", "omar"], "as they were last known"

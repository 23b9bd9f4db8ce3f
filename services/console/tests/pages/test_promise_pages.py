"""Pages about promises: what they say, and what their forms send."""

from typing import Any

import httpx
import pytest

from console_support.answers import page_of
from console_support.everything import say_everything
from console_support.forecasts import FORECAST_ID
from console_support.outages import CORRECTION_ID, MAINTENANCE
from console_support.people import SignIn
from console_support.promises import (
    AGREEMENT,
    AGREEMENT_ID,
    CALENDAR_ID,
    CLOCK,
    CLOCK_ID,
)
from console_support.services import FakeServices, problem

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


async def test_a_clock_is_explained_in_sentences(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(f"/clocks/{CLOCK_ID}")
    for words in (
        "4 h are promised, of the time that the agreement counts. acme-sla",
        "and 3 h 30 min have counted.",
        "9 h did not count: outside of the support hours.",
        "It breaks 10:00, in 30 min, if nothing happens.",
        "WVR-1 to decide",
        "12 ms after it was due",
    ):
        assert words in page.main, words
    assert page.tree.xpath(f"//img/@src='/clocks/{CLOCK_ID}/picture.svg?theme=light'")


async def test_from_a_list_one_comes_straight_to_the_promise(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("sla", "/v1/tickets/OPS-7/clocks", page_of(CLOCK))
    browser = await sign_in("anna")
    page = await browser.open("/clocks?ticket=OPS-7&metric=resolution")
    assert page.response.headers["location"] == f"/clocks/{CLOCK_ID}"
    work = await browser.open("/")
    assert work.tree.xpath("//a/@href='/clocks?ticket=OPS-7&metric=resolution'")


PICTURES = {
    f"/clocks/{CLOCK_ID}/picture.svg?theme=dark": (
        f"/v1/clocks/{CLOCK_ID}/explanation.svg",
        {"theme": "dark", "zone": "Europe/Amsterdam"},
    ),
    f"/calendars/{CALENDAR_ID}/2026.svg?theme=dark": (
        f"/v1/calendars/{CALENDAR_ID}/chart.svg",
        {"year": "2026", "theme": "dark"},
    ),
    "/availability/chart.svg?customer=acme&theme=light": (
        "/v1/availability/chart.svg",
        {"customer": "acme", "theme": "light"},
    ),
    "/forecasts/score.svg?theme=dark": ("/v1/forecasts/score.svg", {"theme": "dark"}),
}


@pytest.mark.parametrize("path", PICTURES)
async def test_a_picture_is_handed_on_and_nothing_else(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    asked, query = PICTURES[path]
    drawn = httpx.Response(200, text=SVG, headers={"content-type": "image/svg+xml"})
    services.say("sla", asked, answer=drawn)
    browser = await sign_in("anna")
    page = await browser.open(path)
    assert (page.status, page.response.text) == (200, SVG)
    assert "sandbox" in page.response.headers["content-security-policy"]
    assert services.seen[-1].query == query
    services.say("sla", asked, {"not": "a picture"})
    assert (await browser.open(path)).status == 404


async def test_a_contract_is_handed_on_as_a_paper(sign_in: SignIn, services: FakeServices) -> None:
    made = httpx.Response(200, content=b"%PDF-1.7", headers={"content-type": "application/pdf"})
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}/page", answer=made)
    page = await (await sign_in("theo")).open(f"/agreements/{AGREEMENT_ID}/paper.pdf")
    assert page.response.content == b"%PDF-1.7"
    assert page.response.headers["content-type"] == "application/pdf"
    assert services.seen[-1].query == {"format": "pdf", "language": "en"}


async def test_a_version_shows_its_promises_signatures_and_comments(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("theo")).open(f"/agreements/{AGREEMENT_ID}")
    for words in (
        "✓ Theo Peters",
        "The other side (signs here)not signed yet",
        "Four hours is too long.",
        "office",
        "€1,200.00",
        "below 90%: 5% credit",
    ):
        assert words in page.main, words


async def test_two_versions_are_compared(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    path = f"/agreements/{AGREEMENT['agreement_id']}/compare?from=1&to=2"
    page = await (await sign_in("theo")).open(path)
    assert page.tree.xpath("string(//del)").strip() == "Fri 6 Mar 00:30"
    assert page.tree.xpath("string(//ins)").strip() == "Fri 6 Mar 02:00"
    assert services.seen[-1].query == {"from": "1", "to": "2"}


FORMS: list[tuple[str, str, str, str, dict[str, str], Any, str | None]] = [
    (
        f"/agreements/{AGREEMENT_ID}", "approve", f"/v1/agreements/{AGREEMENT_ID}/approve",
        "approve", {}, None, '"2"',
    ),
    (
        f"/agreements/{AGREEMENT_ID}", "comments", f"/v1/agreements/{AGREEMENT_ID}/comments",
        "comments", {"comment": " Good "}, {"comment": "Good"}, None,
    ),
    (
        f"/calendars/{CALENDAR_ID}", "publish", f"/v1/calendars/{CALENDAR_ID}/publish",
        "publish", {}, None, None,
    ),
    (
        f"/forecasts/{FORECAST_ID}", "acknowledge", f"/v1/forecasts/{FORECAST_ID}/acknowledge",
        "acknowledge", {"note": "We add a person"}, {"note": "We add a person"}, None,
    ),
    (
        "/outages/OUT-3", "end", "/v1/outages/OUT-3/end",
        "end", {"reason": ""}, None, '"6"',
    ),
    (
        "/outages/OUT-3", "corrections", "/v1/outages/OUT-3/corrections",
        "correct", {"ended_at": "2026-03-02T09:15", "reason": "It was over"},
        {"ended_at": "2026-03-02T08:15:00+00:00", "reason": "It was over"}, '"6"',
    ),
    (
        "/outages/OUT-3", f"corrections/{CORRECTION_ID}/confirm",
        f"/v1/outages/OUT-3/corrections/{CORRECTION_ID}/confirm", "confirm", {}, None, '"6"',
    ),
    (
        "/maintenance/MW-2", "agree", "/v1/maintenance/MW-2/agree",
        "agree", {}, {name: MAINTENANCE[name] for name in ("starts_at", "ends_at")}, '"7"',
    ),
    (
        "/maintenance/MW-2", "move", "/v1/maintenance/MW-2/move",
        "move", {"starts_at": "2026-03-08T22:00", "ends_at": "2026-03-09T00:00"},
        {"starts_at": "2026-03-08T21:00:00+00:00", "ends_at": "2026-03-08T23:00:00+00:00"}, '"7"',
    ),
]  # fmt: skip
"""Page, end of the form's action, what is asked of sla, what was done, what is typed, what is sent, the ETag."""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}/{form[1]}")
async def test_a_form_is_sent_to_its_service_and_says_what_was_done(
    sign_in: SignIn, services: FakeServices, form: Any
) -> None:
    path, end, asked, done, typed, body, etag = form
    say_everything(services)
    services.say("sla", asked, {}, method="POST")
    browser = await sign_in("theo")
    page = await browser.open(path)
    after = await browser.send(page, f"{path}/{end}", **typed)
    assert after.response.headers["location"] == f"{path}?done={done}"
    sent = services.sent()[0]
    assert (sent.path, sent.body, sent.headers.get("if-match")) == (asked, body, etag)
    assert sent.headers["idempotency-key"] == page.fields(f"{path}/{end}")["nonce"]
    shown = await browser.open(f"{path}?done={done}")
    assert shown.tree.xpath("//*[@role='status']")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}/{form[1]}")
async def test_a_form_that_is_refused_keeps_what_was_typed(
    sign_in: SignIn, services: FakeServices, form: Any
) -> None:
    path, end, asked, _, typed, _, _ = form
    say_everything(services)
    services.say("sla", asked, method="POST", answer=problem(403, "self-approval", "Not you."))
    browser = await sign_in("theo")
    page = await browser.open(path)
    again = await browser.send(page, f"{path}/{end}", **typed)
    assert again.status == 422
    assert "You asked for it or wrote it yourself. Another person decides." in again.main
    assert again.tree.xpath("//title/text()")[0].startswith("Error:")
    drawn = again.fields(f"{path}/{end}")
    assert {name: drawn[name] for name in typed} == typed


async def test_an_outage_is_reported_and_shown(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("sla", "/v1/outages", {"key": "OUT-9"}, method="POST", status=201)
    browser = await sign_in("sven")
    page = await browser.open("/outages")
    action = "/outages/report"
    empty = await browser.send(page, action, environment="acme-prod")
    assert empty.status == 422
    assert empty.fields(action)["environment"] == "acme-prod"
    done = await browser.send(empty, action, reason="The disk is full")
    assert done.response.headers["location"] == "/outages/OUT-9?done=create"
    assert services.sent()[0].body == {
        "scope": "environment",
        "environment": "acme-prod",
        "effect": "down",
        "reason": "The disk is full",
    }


async def test_an_hour_that_comes_twice_is_shown_as_two_choices(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("sla", "/v1/maintenance", {"key": "MW-9"}, method="POST", status=201)
    browser = await sign_in("anna")
    action = "/maintenance/announce"
    typed = {"title": "Disks", "starts_at": "2026-10-25T02:30", "ends_at": "2026-10-25T04:00"}
    asked = await browser.send(await browser.open("/maintenance"), action, **typed)
    assert asked.status == 422
    assert services.sent() == []
    choices = {"starts_at-which": "second"}
    done = await browser.send(asked, action, **choices)
    assert done.response.headers["location"] == "/maintenance/MW-9?done=create"
    assert services.sent()[0].body["starts_at"] == "2026-10-25T01:30:00+00:00"


async def test_a_clock_is_shown_as_it_was_known_earlier(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    then = CLOCK | {"as_of": "2026-03-02T06:00:00Z", "elapsed_seconds": 3_600, "inputs": 2}
    services.say("sla", f"/v1/clocks/{CLOCK_ID}/replay", then, method="POST")
    browser = await sign_in("anna")
    here = f"/clocks/{CLOCK_ID}?known_at="
    page = await browser.open(f"{here}2026-03-02T07:00")
    assert services.sent()[0].body == {"as_known_at": "2026-03-02T06:00:00+00:00"}
    assert "✓ runs 07:00: 1 h of 4 h, until 10:00 from 2 things that were known" in page.main
    wrong = await browser.open(f"{here}2026-03-29T02:30")
    assert wrong.status == 422
    assert "the clocks went forward over it" in wrong.main

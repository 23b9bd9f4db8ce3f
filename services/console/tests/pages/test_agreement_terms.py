"""Drafting an agreement: a new one, the next version, a changed draft, and what a version would change."""

from typing import Any

import httpx
import pytest

from console_support.browser import Browser, Page
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.promises import AGREEMENT, AGREEMENT_ID, CALENDAR_ID
from console_support.services import FakeServices, problem

DRAFT = AGREEMENT | {"state": "draft", "approved": None}
TYPED = {
    "customer": "acme",
    "key": "acme-gold",
    "calendar": CALENDAR_ID,
    "targets.0.blocker": "0:15",
    "targets.1.blocker": "4:00",
    "targets.1.minor": "-",
}


@pytest.fixture
async def theo(sign_in: SignIn, services: FakeServices) -> Browser:
    say_everything(services)
    return await sign_in("theo")


def wrong_at(page: Page) -> dict[str, str]:
    """Return what is wrong, by the field to which the summary leads."""
    links = page.tree.xpath("//*[contains(@class, 'summary')]//li/a")
    return {one.get("href").removeprefix("#terms-"): one.text_content() for one in links}


async def test_an_agreement_is_drafted(theo: Browser, services: FakeServices) -> None:
    services.say("sla", "/v1/agreements", {"id": AGREEMENT_ID}, method="POST", status=201)
    page = await theo.open("/agreements/new?customer=acme")
    done = await theo.send(page, "/agreements/new", **TYPED)
    assert done.response.headers["location"] == f"/agreements/{AGREEMENT_ID}?done=draft"
    (sent,) = services.sent()
    assert sent.headers["idempotency-key"] == page.fields("/agreements/new")["nonce"]
    assert {name: sent.body[name] for name in ("key", "customer", "contract", "calendar")} == {
        "key": "acme-gold",
        "customer": "acme",
        "contract": "sla",
        "calendar": CALENDAR_ID,
    }
    assert sent.body["valid_from"] == "2026-03-31T22:00:00+00:00"
    assert sent.body["warnings"] == [0.5, 0.75, 0.9]
    times = [
        (one["metric"], one["priority"], one["target_seconds"]) for one in sent.body["targets"]
    ]
    assert times == [
        ("first_response", "blocker", 900),
        ("resolution", "blocker", 14_400),
        ("resolution", "minor", None),
    ]
    shown = await theo.open(f"/agreements/{AGREEMENT_ID}?done=draft")
    assert "The draft is kept." in shown.main


async def test_a_row_is_added_and_taken_out_without_anything_being_sent(
    theo: Browser, services: FakeServices
) -> None:
    page = await theo.open("/agreements/new")
    action = "/agreements/new"
    more = await theo.send(page, action, act="add targets", **TYPED)
    assert more.status == 200
    fields = more.fields(action)
    assert fields["targets.1.minor"] == "-"
    assert (fields["targets.2.metric"], fields["targets.2.pausable"]) == ("", "on")
    goal = await theo.send(more, action, act="add goals")
    assert "goals.0.share" in goal.fields(action)
    less = await theo.send(goal, action, act="remove targets.0")
    assert less.fields(action)["targets.0.minor"] == "-"
    assert "targets.2.metric" not in less.fields(action)
    assert fields["nonce"] == less.fields(action)["nonce"] == page.fields(action)["nonce"]
    assert services.sent() == []


async def test_what_is_missing_is_said_at_its_field_and_nothing_is_sent(
    theo: Browser, services: FakeServices
) -> None:
    page = await theo.open("/agreements/new")
    again = await theo.send(page, "/agreements/new", **{"targets.0.blocker": "soon"})
    assert again.status == 422
    assert set(wrong_at(again)) == {"customer", "key", "calendar", "targets.0.blocker"}
    assert again.fields("/agreements/new")["targets.0.blocker"] == "soon"
    assert again.tree.xpath("//*[@id='terms-targets.0.blocker']/@aria-invalid") == ["true"]
    assert services.sent() == []


async def test_what_sla_refuses_stands_at_its_field_and_what_was_typed_stays(
    theo: Browser, services: FakeServices
) -> None:
    errors = [
        {"pointer": "/targets/2/target_seconds", "code": "unreachable", "detail": "Too long."},
        {"pointer": "/valid_from", "code": "overlap", "detail": "It overlaps with version 1."},
        {
            "pointer": "/targets/0/tag",
            "code": "string_pattern_mismatch",
            "detail": "String should match pattern '^[a-z0-9]$'",
        },
    ]
    refused = problem(422, "validation", "Look below.", errors=errors)
    services.say("sla", "/v1/agreements", method="POST", answer=refused)
    page = await theo.open("/agreements/new")
    again = await theo.send(page, "/agreements/new", **TYPED)
    assert again.status == 422
    assert wrong_at(again) == {
        "targets.1.minor": "Promise 2, minor: Within these hours it would take more than ten years."
        " Give less time, or other hours.",
        "targets.0.tag": "Write it like this: security",
        "valid_from": "Holds from: For a part of that time another version holds already.",
    }
    assert "pattern" not in again.main
    assert again.fields("/agreements/new")["key"] == "acme-gold"


async def test_while_sla_is_away_nothing_that_was_typed_is_lost(
    theo: Browser, services: FakeServices
) -> None:
    page = await theo.open(f"/agreements/{AGREEMENT_ID}/draft")
    action = "/agreements/new"
    services.dead.add("sla")
    again = await theo.send(page, action, **{"targets.0.blocker": "3:30"})
    assert again.status == 503
    assert "Not sent" in again.main
    before, drawn = page.fields(action) | {"targets.0.blocker": "3:30"}, again.fields(action)
    assert {name: drawn[name] for name in before} == before


async def test_the_next_version_begins_with_the_terms_of_the_last_one(
    theo: Browser, services: FakeServices
) -> None:
    services.say("sla", "/v1/agreements", {"id": AGREEMENT_ID}, method="POST", status=201)
    shown = await theo.open(f"/agreements/{AGREEMENT_ID}")
    assert shown.tree.xpath(f"//a[@href='/agreements/{AGREEMENT_ID}/draft']/text()") == [
        "Draft the next version"
    ]
    page = await theo.open(f"/agreements/{AGREEMENT_ID}/draft")
    assert "acme-sla: the version after 2" in page.main
    await theo.send(page, "/agreements/new", **{"price.amount": "1300,00"})
    (sent,) = services.sent()
    assert (sent.body["key"], sent.body["customer"]) == ("acme-sla", "acme")
    assert sent.body["price"] == {"amount": "1300.00", "currency": "EUR"}
    assert len(sent.body["targets"]) == len(AGREEMENT["targets"])
    assert sent.headers.get("if-match") is None


async def test_a_draft_is_replaced_as_it_was_seen(theo: Browser, services: FakeServices) -> None:
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}", DRAFT, etag='"7"')
    changed = {"id": AGREEMENT_ID}
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}", changed, method="PUT")
    action = f"/agreements/{AGREEMENT_ID}/draft"
    page = await theo.open(action)
    done = await theo.send(page, action, duties="They answer within a day.")
    assert done.response.headers["location"] == f"/agreements/{AGREEMENT_ID}?done=draft"
    (sent,) = services.sent("PUT")
    assert sent.headers["if-match"] == '"7"'
    assert sent.body["duties"] == "They answer within a day."
    assert not {"key", "contract", "customer"} & sent.body.keys()


async def test_a_draft_that_somebody_has_changed_is_looked_at_again(
    theo: Browser, services: FakeServices
) -> None:
    path = f"/v1/agreements/{AGREEMENT_ID}"
    services.say("sla", path, DRAFT, etag='"7"')
    action = f"/agreements/{AGREEMENT_ID}/draft"
    page = await theo.open(action)
    theirs = DRAFT | {"duties": "By gina: they answer within a day."}
    services.say("sla", path, theirs, etag='"8"')
    overtaken = problem(412, "precondition-failed", "It was changed.")
    services.say("sla", path, method="PUT", answer=overtaken)
    again = await theo.send(page, action, roles="Ours")
    assert again.status == 412
    fields = again.fields(action)
    assert (fields["seen"], fields["roles"]) == ('"8"', "Ours")
    both = again.tree.xpath("string(//section[@aria-labelledby='differences'])")
    assert "By gina: they answer within a day." in both, "sent again, it would be gone unseen"
    assert "Ours" in both
    assert "Holds from" not in both


async def test_without_the_hours_of_its_maintenance_no_version_is_drafted(
    theo: Browser, services: FakeServices
) -> None:
    maintenance = {"calendar": CALENDAR_ID, "dated": []}
    with_hours = AGREEMENT | {"maintenance": maintenance}
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}", with_hours, etag='"2"')
    page = await theo.open(f"/agreements/{AGREEMENT_ID}/draft")
    assert page.fields("/agreements/new")["weekly.mon"] == "08:00-12:00, 13:00-17:00"
    services.say("sla", f"/v1/calendars/{CALENDAR_ID}", status=500)
    assert (await theo.open(f"/agreements/{AGREEMENT_ID}/draft")).status == 503


@pytest.mark.parametrize("path", ["new", f"{AGREEMENT_ID}/draft", f"{AGREEMENT_ID}/trial"])
async def test_contacts_draft_nothing(sign_in: SignIn, services: FakeServices, path: str) -> None:
    say_everything(services)
    assert (await (await sign_in("jan")).open(f"/agreements/{path}")).status == 404


async def test_who_may_not_write_agreements_is_not_led_to_the_form(
    theo: Browser, services: FakeServices
) -> None:
    why_not: dict[str, Any] = {"code": "PERMISSION_MISSING", "detail": "You do not hold it."}
    allowed = [{"act": "redraft", "possible": False, "why_not": why_not}]
    known = AGREEMENT | {"allowed": allowed}
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}", known, etag='"2"')
    page = await theo.open(f"/agreements/{AGREEMENT_ID}")
    assert not page.tree.xpath(f"//a[@href='/agreements/{AGREEMENT_ID}/draft']")


async def test_a_version_is_tried_on_past_tickets(theo: Browser, services: FakeServices) -> None:
    path = f"/agreements/{AGREEMENT_ID}/trial"
    blank = await theo.open(path)
    assert services.sent() == []
    assert blank.tree.xpath("//input[@name='days']/@value") == ["30"]
    page = await theo.open(f"{path}?days=90")
    (sent,) = services.sent()
    assert (sent.path, sent.body) == (
        f"/v1/agreements/{AGREEMENT_ID}/simulate",
        {"days": 90, "tickets": 200},
    )
    for words in (
        "41 tickets since",
        "resolution90%80%12",
        "Open promises that would break at once 1",
        "Deadlines that would move 1",
    ):
        assert words in page.main, words
    (older,) = page.tree.xpath("//a[contains(@href, 'cursor=')]/@href")
    await theo.open(older)
    assert services.sent()[-1].query == {"cursor": "older"}


async def test_a_trial_that_is_refused_says_why(theo: Browser, services: FakeServices) -> None:
    path = f"/agreements/{AGREEMENT_ID}/trial"
    wrong = await theo.open(f"{path}?days=0")
    assert (wrong.status, services.sent()) == (422, [])
    busy: httpx.Response = problem(403, "forbidden", "You do not hold agreements:write.")
    services.say("sla", f"/v1/agreements/{AGREEMENT_ID}/simulate", method="POST", answer=busy)
    page = await theo.open(f"{path}?days=30")
    assert page.status == 422
    assert "You do not hold agreements:write." in page.main

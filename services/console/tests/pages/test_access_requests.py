"""Accesses: asked for, decided, given, verified and taken away, each by who may and never by one alone."""

import pytest

from console_support.desk import ACCESS
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/access-requests/ACC-1"
GIVEN = {
    "state": "granted",
    "decision": "approved",
    "decided_by": "dana",
    "decided_at": "2026-03-01T09:00:00Z",
    "granted_by": "sven",
    "granted_at": "2026-03-01T10:00:00Z",
}


@pytest.mark.parametrize(
    ("who", "changed", "act", "path", "typed", "body"),
    [
        ("dana", {}, "approve", "decision", {}, {"decision": "approved"}),
        (
            "dana",
            {},
            "decline",
            "decision",
            {"reason": "Too wide."},
            {"decision": "declined", "reason": "Too wide."},
        ),
        ("sven", {"state": "approved"}, "grant", "grant", {}, None),
        ("anna", GIVEN, "verify-grant", "grant/verify", {}, None),
        (
            "anna",
            GIVEN,
            "ask-removal",
            "removal-request",
            {"reason": "Done."},
            {"reason": "Done."},
        ),
        (
            "dana",
            GIVEN | {"state": "active", "recertification_due": True},
            "recertify",
            "recertify",
            {},
            None,
        ),
        (
            "anna",
            GIVEN | {"state": "removal_owed", "owed_removal": "left"},
            "remove",
            "remove",
            {},
            None,
        ),
        (
            "anna",
            GIVEN | {"state": "removed", "removed_by": "sven"},
            "verify-removal",
            "removal/verify",
            {},
            None,
        ),
    ],
)
async def test_each_step_is_a_form_of_who_may_do_it(
    sign_in: SignIn,
    services: FakeServices,
    who: str,
    changed: dict[str, object],
    act: str,
    path: str,
    typed: dict[str, str],
    body: dict[str, object] | None,
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}", ACCESS | changed)
    services.say("intake", f"/v1{HERE}/{path}", ACCESS, method="POST")
    browser = await sign_in(who)
    page = await browser.open(HERE)
    assert "ACC-1 read on the database for Omar" in page.main
    done = await browser.send(page, f"{HERE}/{act}", **typed)
    assert done.response.headers["location"] == f"{HERE}?done={act}"
    assert services.sent()[0].body == body


@pytest.mark.parametrize(
    ("who", "changed", "act"),
    [
        ("dana", {"requested_by": "dana"}, "approve"),
        ("sven", GIVEN, "verify-grant"),
        ("anna", GIVEN | {"state": "removed", "removed_by": "anna"}, "verify-removal"),
    ],
)
async def test_nobody_does_the_second_step_of_their_own(
    sign_in: SignIn, services: FakeServices, who: str, changed: dict[str, object], act: str
) -> None:
    """R1: the page says so, and has no button."""
    say_everything(services)
    services.say("intake", f"/v1{HERE}", ACCESS | changed)
    page = await (await sign_in(who)).open(HERE)
    assert "You had a hand in it, so somebody else has to do this." in page.main
    assert page.tree.xpath(f"//form[@action='{HERE}/{act}']//button") == []


async def test_who_may_not_decide_is_offered_nothing(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("omar")).open(HERE)
    assert page.tree.xpath("//main//form") == []
    assert "asked for it Anna" in page.main


async def test_an_access_is_asked_for(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", "/v1/access-requests", ACCESS, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open("/access-requests/new")
    empty = await browser.send(page, "/access-requests/new")
    assert empty.status == 422
    assert services.sent() == []
    typed = {
        "person": "omar",
        "resource": "the database",
        "level": "read",
        "until": "2026-06-30",
        "reason": "Lost invoices.",
    }
    done = await browser.send(empty, "/access-requests/new", **typed)
    assert done.response.headers["location"] == f"{HERE}?done=create"
    assert services.sent()[0].body == typed
    after = await browser.open(f"{HERE}?done=create")
    assert "It is asked for. Somebody else decides it." in after.main


@pytest.mark.parametrize(
    ("view", "asked"),
    [
        ("approval", {"waiting_for": "approval"}),
        ("removal", {"waiting_for": "removal"}),
        ("everything", {}),
    ],
)
async def test_the_list_shows_what_waits_for_what(
    sign_in: SignIn, services: FakeServices, view: str, asked: dict[str, str]
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(f"/access-requests?waits={view}")
    assert page.tree.xpath(f"//main//a[@href='{HERE}']")
    query = next(one.query for one in services.seen if one.path == "/v1/access-requests")
    assert {name: query[name] for name in query if name != "limit"} == asked


async def test_what_intake_refuses_stands_on_the_page(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    refused = problem(403, "four-eyes", "dana has it.", code="FOUR_EYES")
    services.say("intake", f"/v1{HERE}/decision", method="POST", answer=refused)
    browser = await sign_in("dana")
    again = await browser.send(await browser.open(HERE), f"{HERE}/approve")
    assert again.status == 422
    assert "You did the first step yourself." in again.main
    assert (await browser.send(again, f"{HERE}/approve")).status == 422
    assert (await browser.post(f"{HERE}/other", again.fields(f"{HERE}/approve"))).status == 404


@pytest.mark.parametrize(
    ("typed", "path"), [("acc-1", HERE), (" KB-1 ", "/articles/KB-1"), ("acc", None)]
)
async def test_a_key_that_is_typed_leads_straight_to_the_page(
    sign_in: SignIn, services: FakeServices, typed: str, path: str | None
) -> None:
    say_everything(services)
    found = await (await sign_in("anna")).open(f"/search?q={typed}")
    assert found.response.headers.get("location") == path

"""What is done about a problem, from its cause to its fix, by forms on its ticket that need no scripts."""

from typing import Any

import pytest

from console_support.people import SignIn
from console_support.problems import PROBLEM, say_problem
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"
CAUSE = f"{HERE}/do/record_cause"
WHYS = [{"question": "Why?", "answer": "The disk is full."}]


def may(*acts: str) -> list[dict[str, Any]]:
    return [{"act": act, "possible": True, "why_not": None} for act in acts]


@pytest.mark.parametrize(
    ("act", "typed", "method", "path", "body"),
    [
        (
            "record_workaround",
            {"workaround": "Empty it."},
            "PUT",
            "/workaround",
            {"workaround": "Empty it."},
        ),
        ("known_error", {}, "POST", "/known-error", None),
        (
            "request_fix",
            {"change_request": "OPS-12"},
            "POST",
            "/fix",
            {"change_request": "OPS-12"},
        ),
        (
            "record_backlog_item",
            {"reference": "BILL-78"},
            "PUT",
            "/backlog-item",
            {"reference": "BILL-78"},
        ),
        (
            "verify_on_staging",
            {"checked": "Sent 500 invoices."},
            "POST",
            "/verifications",
            {"checked": "Sent 500 invoices.", "tier": "staging"},
        ),
        (
            "verify_in_production",
            {"checked": "A day of invoices."},
            "POST",
            "/verifications",
            {"checked": "A day of invoices.", "tier": "production"},
        ),
        (
            "link_incidents",
            {"incidents": "OPS-3, OPS-9"},
            "POST",
            "/incidents",
            {"incidents": ["OPS-3", "OPS-9"]},
        ),
        ("unlink_incident", {"incident": "OPS-5"}, "DELETE", "/incidents/OPS-5", None),
    ],
)
async def test_each_act_is_sent_about_what_the_page_showed(
    sign_in: SignIn,
    services: FakeServices,
    act: str,
    typed: dict[str, str],
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    say_problem(services, allowed=may(act))
    services.say("intake", f"/v1/problems/OPS-7{path}", {}, method=method)
    browser = await sign_in("anna")
    form = f"{HERE}/do/{act}"
    page = await browser.open(form)
    done = await browser.send(page, form, **typed)
    assert done.response.headers["location"] == f"{HERE}?done={act}"
    [sent] = services.sent(method)
    assert (sent.method, sent.path, sent.body) == (method, f"/v1/problems/OPS-7{path}", body)
    assert sent.headers["if-match"] == '"7"'


@pytest.mark.parametrize(
    "act",
    [
        "record_workaround",
        "request_fix",
        "record_backlog_item",
        "verify_on_staging",
        "verify_in_production",
        "link_incidents",
        "unlink_incident",
    ],
)
async def test_nothing_is_sent_without_what_it_asks_for(
    sign_in: SignIn, services: FakeServices, act: str
) -> None:
    empty = {"workaround": None, "backlog_reference": None}
    say_problem(services, allowed=may(act), **empty)
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/{act}")
    again = await browser.send(page, f"{HERE}/do/{act}")
    assert again.status == 422
    assert "This is needed." in again.main
    assert {one.method for one in services.seen} == {"GET"}


async def test_what_is_on_record_is_there_to_be_corrected(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services, allowed=may("record_workaround", "record_cause"))
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/do/record_workaround")
    assert page.fields(f"{HERE}/do/record_workaround")["workaround"] == PROBLEM["workaround"]
    fields = (await browser.open(CAUSE)).fields(CAUSE)
    assert fields["root_cause"] == "The queue has no limit."
    assert fields["whys.0.answer"] == "The disk is full."


async def test_the_steps_to_the_cause_stand_beside_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services)
    page = await (await sign_in("anna")).open(HERE)
    assert "The disk is full." in page.main
    moment = {"at": "2026-03-01T08:00:00Z", "what": "The disk filled up."}
    say_problem(services, method="timeline", cause_steps=[moment])
    page = await (await sign_in("anna")).open(HERE)
    assert "The disk filled up." in page.main
    assert "Sun 1 Mar 09:00" in page.main


async def test_a_why_more_is_a_button_and_needs_no_script(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services, allowed=may("record_cause"))
    services.say("intake", "/v1/problems/OPS-7/cause", {}, method="PUT")
    browser = await sign_in("anna")
    page = await browser.open(CAUSE)
    more = await browser.send(page, CAUSE, act="add whys")
    assert services.sent("PUT") == []
    assert more.fields(CAUSE)["nonce"] == page.fields(CAUSE)["nonce"]
    second = {"whys.1.question": "And why that?", "whys.1.answer": "Nobody looked."}
    await browser.send(more, CAUSE, **second)
    [sent] = services.sent("PUT")
    whys = [*WHYS, {"question": "And why that?", "answer": "Nobody looked."}]
    assert sent.body == {"root_cause": "The queue has no limit.", "whys": whys}
    assert (sent.method, sent.headers["if-match"]) == ("PUT", '"7"')


async def test_a_timeline_is_of_the_readers_own_zone(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services, allowed=may("record_cause"), method=None, cause_steps=[])
    services.say("intake", "/v1/problems/OPS-7/cause", {}, method="PUT")
    browser = await sign_in("anna")
    page = await browser.send(await browser.open(CAUSE), CAUSE, act="add timeline")
    moment = {"timeline.0.at": "2026-03-01T09:00", "timeline.0.what": "It filled up."}
    await browser.send(page, CAUSE, **moment)
    timeline = [{"at": "2026-03-01T08:00:00+00:00", "what": "It filled up."}]
    assert services.sent("PUT")[0].body == {
        "root_cause": "The queue has no limit.",
        "timeline": timeline,
    }


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"whys.0.question": "", "whys.0.answer": ""}, "Say how the cause was found"),
        ({"whys.0.answer": " "}, "Why 1: This is needed."),
        ({"timeline.0.at": "2026-03-01T09:00", "timeline.0.what": "x"}, "Take the rows of the"),
        (
            {
                "whys.0.question": "",
                "whys.0.answer": "",
                "timeline.0.at": "2025-10-26T02:30",
                "timeline.0.what": "x",
            },
            "Moment 1: This time comes twice",
        ),
    ],
)
async def test_a_cause_without_one_way_to_it_is_not_sent(
    sign_in: SignIn, services: FakeServices, typed: dict[str, str], fault: str
) -> None:
    say_problem(services, allowed=may("record_cause"))
    browser = await sign_in("anna")
    page = await browser.send(await browser.open(CAUSE), CAUSE, act="add timeline")
    again = await browser.send(page, CAUSE, **typed)
    assert (again.status, services.sent("PUT")) == (422, [])
    assert fault in again.main


async def test_an_hour_that_comes_twice_is_asked_for(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services, allowed=may("record_cause"), method=None, cause_steps=[])
    services.say("intake", "/v1/problems/OPS-7/cause", {}, method="PUT")
    browser = await sign_in("anna")
    page = await browser.send(await browser.open(CAUSE), CAUSE, act="add timeline")
    moment = {"timeline.0.at": "2025-10-26T02:30", "timeline.0.what": "It filled up."}
    asked = await browser.send(page, CAUSE, **moment)
    await browser.send(asked, CAUSE, **{"timeline.0.hour": "second"})
    assert services.sent("PUT")[0].body["timeline"][0]["at"] == "2025-10-26T01:30:00+00:00"


async def test_an_overtaken_form_keeps_what_was_typed_and_shows_the_record(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_problem(services, allowed=may("record_workaround"))
    changed = problem(412, "precondition-failed", "Somebody has changed it meanwhile.")
    services.say("intake", "/v1/problems/OPS-7/workaround", method="PUT", answer=changed)
    browser = await sign_in("anna")
    form = f"{HERE}/do/record_workaround"
    page = await browser.open(form)
    say_problem(services, allowed=may("record_workaround"), workaround="Restart it.")
    again = await browser.send(page, form, workaround="Empty it.")
    assert again.status == 412
    assert "Restart it." in again.main
    assert again.fields(form)["workaround"] == "Empty it."


async def test_who_made_the_fix_is_told_that_another_person_verifies_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    """R1"""
    why = {"code": "four_eyes", "parameters": {}, "detail": "anna asked for this fix."}
    refused = [{"act": "verify_on_staging", "possible": False, "why_not": why}]
    say_problem(services, state="fix_requested", allowed=refused)
    page = await (await sign_in("anna")).open(HERE)
    taught = page.tree.xpath("//p[contains(@class, 'refused')][not(ancestor::details)]//button")
    assert [one.text for one in taught] == ["Confirm that the fix works on staging"]
    assert "You did the first step yourself. Another person does this one." in page.main

"""Pages of reviews and of what delivery-gate holds: what they say, and what their forms send."""

from typing import Any

import pytest

from console_support.changes import FOLLOW_UP
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.promises import CLOCK_ID
from console_support.reviews import REVIEW
from console_support.services import FakeServices, problem

HERE = "/reviews/acme-2026-02"
FORMS: list[tuple[str, str, str, str, dict[str, str], Any]] = [
    (HERE, "agenda", "sla", "POST", {"title": "Disks"}, {"title": "Disks"}),
    (HERE, "minutes", "sla", "POST", {"text": "We talked"}, {"text": "We talked"}),
    (
        HERE, "breach-comments", "sla", "POST", {"text": "The disk was full"},
        {"clock_id": CLOCK_ID, "text": "The disk was full"},
    ),
    (
        HERE, "actions", "sla", "POST",
        {"title": "Buy", "criterion": "There", "owner": "sven", "due": "2026-04-01"},
        {"title": "Buy", "criterion": "There", "owner": "sven", "due": "2026-04-01"},
    ),
    (
        HERE, "assessment", "sla", "PUT", {"text": "One.\n\nTwo."},
        {"paragraphs": ["One.", "Two."]},
    ),
    (HERE, "publish", "sla", "POST", {"reason": "A figure"}, {"reason": "A figure"}),
    (HERE, "regenerate", "sla", "POST", {}, None),
    ("/review-actions/RA-4", "finish", "sla", "POST", {"evidence": "Photo"}, {"evidence": "Photo"}),
    (
        "/review-actions/RA-4", "hand-over", "sla", "POST",
        {"owner": "mia", "due": "2026-04-01"}, {"owner": "mia", "due": "2026-04-01"},
    ),
    (
        "/follow-ups/FUP-3", "close", "delivery-gate", "POST",
        {"evidence": "wiki"}, {"evidence": "wiki"},
    ),
    (
        "/follow-ups/FUP-3", "assign", "delivery-gate", "POST",
        {"owner": "omar"}, {"owner": "omar"},
    ),
    ("/emergency-changes/EMC-2", "authorize", "delivery-gate", "POST", {}, None),
    (
        "/emergency-changes/EMC-2", "revoke", "delivery-gate", "POST",
        {"reason": "No"}, {"reason": "No"},
    ),
]  # fmt: skip
"""Page, act, service, method, what is typed, what is sent."""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}/{form[1]}")
async def test_a_form_is_sent_about_what_the_page_shows(
    sign_in: SignIn, services: FakeServices, form: Any
) -> None:
    path, act, service, method, typed, body = form
    say_everything(services)
    services.say(service, f"/v1{path}/{act}", {}, method=method)
    browser = await sign_in("dana")
    page = await browser.open(path)
    after = await browser.send(page, f"{path}/{act}", **typed)
    assert after.response.headers["location"] == f"{path}?done={act}"
    sent = services.sent(method)[0]
    assert (sent.path, sent.body) == (f"/v1{path}/{act}", body)
    assert sent.headers["if-match"] == page.fields(f"{path}/{act}")["seen"]
    shown = await browser.open(f"{path}?done={act}")
    assert shown.tree.xpath("//*[@role='status']")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}/{form[1]}")
async def test_a_form_about_which_nobody_knows_keeps_its_key(
    sign_in: SignIn, services: FakeServices, form: Any
) -> None:
    path, act, service, method, typed, _ = form
    say_everything(services)
    gone = problem(504, "outcome-unknown", "Nobody knows.")
    services.say(service, f"/v1{path}/{act}", method=method, answer=gone)
    browser = await sign_in("dana")
    page = await browser.open(path)
    again = await browser.send(page, f"{path}/{act}", **typed)
    assert again.status == 503
    first, second = page.fields(f"{path}/{act}"), again.fields(f"{path}/{act}")
    assert first["nonce"] == second["nonce"]
    assert {name: second[name] for name in typed} == typed


@pytest.mark.parametrize(
    "form", [form for form in FORMS if form[4] and form[1] not in {"assessment", "publish"}],
    ids=lambda form: f"{form[0]}/{form[1]}",
)  # fmt: skip
async def test_what_is_needed_is_said_at_its_field(
    sign_in: SignIn, services: FakeServices, form: Any
) -> None:
    path, act, _, _, typed, _ = form
    say_everything(services)
    browser = await sign_in("dana")
    page = await browser.open(path)
    again = await browser.send(page, f"{path}/{act}", **dict.fromkeys(typed, " "))
    assert again.status == 422
    assert services.sent() == services.sent("PUT") == []
    assert len(again.tree.xpath("//*[@aria-invalid]")) == len(typed)


async def test_an_act_that_does_not_exist_is_no_address_of_the_api(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("dana")
    for path, act in ((HERE, "agenda"), ("/follow-ups/FUP-3", "close")):
        fields = (await browser.open(path)).fields(f"{path}/{act}")
        assert (await browser.post(f"{path}/delete", fields)).status == 404
    assert services.sent() == []


async def test_a_draft_says_what_it_lacks_before_it_is_published(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("dana")).open(HERE)
    assert "1 breach still needs a reason before this can be published." in page.main
    assert "Publish edition 2" in page.main
    assert services.seen[-1].query == {"language": "en", "edition": "0"}


async def test_a_contact_reads_what_is_published_and_changes_nothing(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    hidden = ("generated_by",)
    theirs = {name: value for name, value in REVIEW.items() if name not in hidden}
    services.say("sla", HERE.replace("/reviews", "/v1/reviews"), theirs | {"shown_edition": 1})
    page = await (await sign_in("jan")).open(HERE)
    assert page.status == 200
    assert "edition" not in services.seen[-1].query
    assert page.tree.xpath("//main//form") == []


async def test_a_follow_up_shows_whose_it_is_and_until_when(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    owned = FOLLOW_UP | {"owner": "pavel", "due_at": "2026-03-02T09:30:00Z"}
    services.say("delivery-gate", "/v1/follow-ups/FUP-3", owned)
    browser = await sign_in("quin")
    page = await browser.open("/follow-ups/FUP-3")
    assert "Owner: pavel · ▲ due in 1 h (10:30)" in page.main
    services.say("delivery-gate", "/v1/follow-ups/FUP-3/assign", {}, method="POST")
    action = "/follow-ups/FUP-3/assign"
    wrong = await browser.send(page, action, owner="omar", due_at="2026-03-29T02:30")
    assert wrong.status == 422
    await browser.send(wrong, action, due_at="2026-03-30T09:00")
    assert services.sent()[0].body == {"owner": "omar", "due_at": "2026-03-30T07:00:00+00:00"}


async def test_ones_own_follow_ups_are_asked_for_by_account(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    await (await sign_in("quin")).open("/follow-ups?state=mine")
    query = services.seen[-1].query
    assert (query["state"], query["owner"]) == ("open", "quin")

"""Articles: found in words, written as versions, published by another person, kept right."""

import pytest

from console_support.desk import ARTICLE, PUBLISHED, VERSION
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/articles/KB-1"


async def test_another_person_publishes_the_newest_version(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}/publish", ARTICLE, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    assert "Version 2 is not published yet." in page.main
    assert page.tree.xpath(f"//a[@href='{HERE}?version=2']")
    done = await browser.send(page, f"{HERE}/publish")
    assert done.response.headers["location"] == f"{HERE}?done=publish"
    assert services.sent()[0].body == {"version": 2}
    assert services.sent()[0].headers["if-match"] == '"4"'
    own = await (await sign_in("omar")).open(HERE)
    assert "You wrote it, so somebody else has to publish it." in own.main
    assert own.tree.xpath(f"//form[@action='{HERE}/publish']//button") == []


@pytest.mark.parametrize(
    "version",
    ["9" * 5_000, "9" * 10, "\N{ARABIC-INDIC DIGIT THREE}", "-1", "x", ""],
    ids=["huge", "long", "foreign", "negative", "word", "empty"],
)
async def test_a_version_that_no_page_showed_is_none_and_intake_says_so(
    sign_in: SignIn, services: FakeServices, version: str
) -> None:
    say_everything(services)
    unknown = problem(422, "validation-failed", "There is no such version.")
    services.say("intake", f"/v1{HERE}/publish", method="POST", answer=unknown)
    browser = await sign_in("anna")
    again = await browser.send(await browser.open(HERE), f"{HERE}/publish", version=version)
    assert again.status == 422
    assert services.sent()[0].body == {"version": 0}


@pytest.mark.parametrize(
    ("act", "path", "typed", "body"),
    [
        ("review", "review", {}, None),
        ("helped", "feedback", {"comment": "Thanks"}, {"helpful": True, "comment": "Thanks"}),
        ("did-not-help", "feedback", {}, {"helpful": False}),
        ("retire", "retire", {"reason": "Old."}, {"reason": "Old."}),
        (
            "write",
            "versions",
            {"body": "Wait two days."},
            {"title": "Invoices are late", "body": "Wait two days.", "audience": "customer"},
        ),
    ],
)
async def test_what_may_be_done_with_an_article_is_a_form(
    sign_in: SignIn,
    services: FakeServices,
    act: str,
    path: str,
    typed: dict[str, str],
    body: dict[str, object] | None,
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}/{path}", {}, status=201, method="POST")
    browser = await sign_in("anna")
    done = await browser.send(await browser.open(HERE), f"{HERE}/{act}", **typed)
    assert done.response.headers["location"] == f"{HERE}?done={act}"
    assert services.sent()[0].body == body


async def test_a_draft_is_neither_reviewed_nor_rated(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    draft = {"state": "draft", "published_version": None, "published_at": None}
    services.say("intake", f"/v1{HERE}", ARTICLE | draft)
    services.say("intake", f"/v1{HERE}/versions", {"items": [VERSION]})
    page = await (await sign_in("anna")).open(HERE)
    actions = [
        one.get("action").removeprefix(f"{HERE}/") for one in page.tree.xpath("//main//form")
    ]
    assert actions == ["publish", "write", "retire"]


async def test_an_older_version_says_that_it_is_not_what_is_published(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}", ARTICLE | {"version": 2, "published_at": None})
    page = await (await sign_in("anna")).open(f"{HERE}?version=2")
    assert "This is not what is published: that is version 1." in page.main
    asked = [one.query for one in services.seen if one.path == f"/v1{HERE}"]
    assert asked == [{"version": "2"}]


async def test_what_the_check_finds_is_told_when_an_article_is_not_published(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    refused = problem(422, "message-check", "Correct it.", code="MESSAGE_CHECK")
    services.say("intake", f"/v1{HERE}/publish", method="POST", answer=refused)
    browser = await sign_in("anna")
    again = await browser.send(await browser.open(HERE), f"{HERE}/publish")
    assert again.status == 422
    assert "Correct what is marked in the text." in again.main


async def test_an_article_is_written_as_a_draft(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", "/v1/articles", ARTICLE, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open("/articles/new")
    assert (await browser.send(page, "/articles/new")).status == 422
    done = await browser.send(page, "/articles/new", title="Late", body="Wait a day.")
    assert done.response.headers["location"] == f"{HERE}?done=create"
    assert services.sent()[0].body == {
        "language": "en",
        "title": "Late",
        "body": "Wait a day.",
        "audience": "internal",
    }


async def test_articles_are_searched_in_words(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open("/articles?q=invoices+late&state=draft")
    assert page.tree.xpath(f"//main//a[@href='{HERE}']")
    query = next(one.query for one in services.seen if one.path == "/v1/articles")
    assert query == {"limit": "50", "q": "invoices late", "state": "draft"}


async def test_a_contact_reads_an_article_and_says_whether_it_helped(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    names = ("id", "key", "language", "title", "body", "version", "published_at")
    theirs = {name: ARTICLE[name] for name in names}
    services.say("intake", f"/v1{HERE}", theirs)
    services.say("intake", f"/v1{HERE}/feedback", {}, status=201, method="POST")
    browser = await sign_in("jan")
    page = await browser.open(HERE)
    assert "Wait a day." in page.main
    assert [one.path for one in services.seen] == [f"/v1{HERE}"]
    actions = [one.get("action") for one in page.tree.xpath("//main//form")]
    assert actions == [f"{HERE}/helped", f"{HERE}/did-not-help"]
    assert (await browser.send(page, f"{HERE}/helped")).status == 303
    assert (await browser.open("/articles/new")).status == 403


async def test_versions_are_listed_with_who_wrote_and_published_them(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(HERE)
    assert f"{PUBLISHED['version']} Invoices are late Omar" in page.main
    assert "published by Anna" in page.main

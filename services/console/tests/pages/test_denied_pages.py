"""What somebody may not see or do: 403, in words that say who may, and no links that lead there."""

import pytest

from console_support.everything import say_everything
from console_support.pages import PAGES, reader_of
from console_support.people import SignIn
from console_support.promises import AGREEMENT_ID
from console_support.services import FakeServices, problem

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("path", PAGES)
async def test_whom_no_service_lets_in_gets_a_page_all_the_same(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    for key in list(services.answers):
        services.answers[key] = problem(403, "forbidden", "You may not.", permission="x:y")
    page = await (await sign_in(reader_of(path))).open(path)
    assert page.status == (403 if PAGES[path] else 200), "a list that is denied is no empty one"
    if page.status == 403:
        words = ("Your role may not do this. Ask somebody who may", "not yours to see")
        assert any(one in page.main for one in words)
        assert "Nothing waits for you." not in page.main


@pytest.mark.parametrize(
    ("path", "sub", "who"),
    [
        ("/agreements/new", "anna", "general manager, technical operations manager"),
        (
            f"/agreements/{AGREEMENT_ID}/draft",
            "dana",
            "general manager, technical operations manager",
        ),
        (
            f"/agreements/{AGREEMENT_ID}/trial",
            "dana",
            "general manager, technical operations manager",
        ),
        ("/deliveries/new", "anna", "delivery manager, product owner"),
        ("/tickets/new", "hosthaven", "first level"),
    ],
)
async def test_who_may_not_do_what_a_page_is_for_is_told_who_may(
    sign_in: SignIn, services: FakeServices, path: str, sub: str, who: str
) -> None:
    say_everything(services)
    page = await (await sign_in(sub)).open(path)
    assert page.status == 403
    assert who in page.main
    assert page.tree.xpath("//main//form") == []
    assert services.seen == []


@pytest.mark.parametrize(
    ("path", "link", "may", "may_not"),
    [
        ("/agreements", "//main//a[@href='/agreements/new']", "theo", "anna"),
        ("/customers/acme", "//main//a[starts-with(@href, '/agreements/new')]", "gina", "anna"),
        (f"/agreements/{AGREEMENT_ID}", "//main//a[contains(@href, '/draft')]", "theo", "anna"),
        ("/tickets", "//a[@href='/tickets/new']", "anna", "hosthaven"),
        ("/outages", "//form[@action='/outages/report']", "anna", "gina"),
        ("/maintenance", "//form[@action='/maintenance/announce']", "anna", "gina"),
        ("/reviews?customer=acme", "//form[@action='/reviews/create']", "dana", "quin"),
    ],
)
async def test_what_somebody_may_not_do_is_not_offered(
    sign_in: SignIn, services: FakeServices, path: str, link: str, may: str, may_not: str
) -> None:
    say_everything(services)
    assert len((await (await sign_in(may)).open(path)).tree.xpath(link)) == 1
    assert (await (await sign_in(may_not)).open(path)).tree.xpath(link) == []

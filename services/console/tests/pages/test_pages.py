"""Every page: with all services, without each of them, in three languages, and without any request too many."""

import gzip
from itertools import pairwise

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from console.look.assets import address_of
from console.upstream.client import SERVICES
from console_support.answers import page_of, say_work
from console_support.browser import Browser
from console_support.everything import say_everything
from console_support.pages import PAGES, reader_of
from console_support.people import SignIn
from console_support.services import FakeServices

pytestmark = pytest.mark.thorough

MAX_CALLS = 6


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_shown_with_few_calls_and_in_order(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    page = await (await sign_in(reader_of(path))).open(path)
    assert page.status == 200
    assert len(services.seen) <= MAX_CALLS
    assert len(page.tree.xpath("//h1")) == 1
    levels = [int(one.tag[1]) for one in page.tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    labelled = set(page.tree.xpath("//label/@for"))
    typed = page.tree.xpath("//input[not(@type='hidden')]/@id|//select/@id|//textarea/@id")
    assert set(typed) <= labelled


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_a_style_or_a_script_in_it_but_our_own_file(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    page = await (await sign_in(reader_of(path))).open(path)
    assert (
        page.tree.xpath("//style|//script[text()]|//@style|//@*[starts-with(name(), 'on')]") == []
    )
    assert page.tree.xpath("//script/@src") == [address_of("opsdesk.js")]
    policy = page.response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert page.response.headers["cache-control"] == "no-store"
    assert page.response.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("path", PAGES)
async def test_without_a_service_every_page_answers_in_words(
    sign_in: SignIn, services: FakeServices, path: str, service: str
) -> None:
    """503 where the main part is gone; what is only beside it costs a sentence."""
    say_everything(services)
    services.dead.add(service)
    page = await (await sign_in(reader_of(path))).open(path)
    assert page.status == (503 if PAGES[path] == service else 200)
    if service in {one.service for one in services.seen} or page.status == 503:
        assert "has not answered since" in page.main


@pytest.mark.parametrize("language", ["nl", "de"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_in_the_readers_language(
    sign_in: SignIn, services: FakeServices, path: str, language: str
) -> None:
    say_everything(services)
    browser = await sign_in(reader_of(path))
    page = await browser.open(path, **{"accept-language": language})
    assert page.status == 200
    assert page.tree.xpath("//html/@lang") == [language]
    assert {"nl": "Zoeken", "de": "Suchen"}[language] in page.response.text


async def test_scripts_and_styles_are_small(client: AsyncClient) -> None:
    """8 kB each on the wire, as the design asks for."""
    for name in ("opsdesk.js", "opsdesk.css"):
        found = (await client.get(address_of(name))).content
        assert len(gzip.compress(found)) < 8 * 1024, name


async def test_missing_and_empty_are_different_sentences(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("sla", "/v1/waivers", page_of())
    browser = await sign_in("gina")
    assert "No waiver waits for a decision." in (await browser.open("/waivers")).main
    services.dead.add("sla")
    page = await browser.open("/waivers")
    assert "The list cannot be shown" in page.main
    assert "No waiver waits" not in page.main


async def test_a_sum_that_lacks_a_service_says_at_least(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_work(services)
    browser = await sign_in("anna")
    assert "My work 4" in (await browser.open("/")).main
    services.dead.add("sla")
    page = await browser.open("/")
    assert "at least 3" in page.main
    assert "Nothing else waits for you." not in page.main


async def test_why_something_waits_is_said_in_the_reader_s_words(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_work(services)
    browser = await sign_in("anna")
    page = await browser.open("/", **{"accept-language": "nl"})
    assert "Omar Haddad heeft het opgelost; iemand anders moet het verifiëren" in page.main
    assert "u bent gewaarschuwd en niemand heeft het bevestigd" in page.main
    assert page.tree.xpath("//main//*[@lang='en']") == []


async def test_an_empty_day_is_said_kindly(sign_in: SignIn, services: FakeServices) -> None:
    services.say("intake", "/v1/queue", page_of())
    for service in SERVICES:
        services.say(service, "/v1/waiting-for-me", page_of(counts={}))
    services.say("escalation", "/v1/oncall", {"at": "2026-03-02T08:30:00Z", "items": []})
    assert "Nothing waits for you." in (await (await sign_in("anna")).open("/")).main


async def test_what_is_chosen_in_the_form_stands_in_the_address(
    sign_in: SignIn, services: FakeServices
) -> None:
    browser = await sign_in("anna")
    page = await browser.open("/tickets?q=is%3Amine&customer=acme&priority=&breaks=2h")
    assert page.status == 303
    assert (
        page.response.headers["location"] == "/tickets?q=customer%3Aacme+is%3Amine+breaks%3A%3C2h"
    )


async def test_what_somebody_has_chosen_holds_on_the_next_page(sign_in: SignIn) -> None:
    browser = await sign_in("anna")
    page = await browser.open("/settings")
    chosen = await browser.send(page, "/settings/choose", language="de", zone="Asia/Tokyo")
    assert chosen.status == 303
    after = await browser.open("/settings")
    assert after.tree.xpath("//html/@lang") == ["de"]
    assert "Asia/Tokyo" in after.response.text
    wrong = await browser.send(after, "/settings/choose", zone="Mars/Olympus")
    assert wrong.status == 422


async def test_the_style_sheet_is_kept_for_ever_under_the_name_of_its_bytes(
    client: AsyncClient,
) -> None:
    page = await Browser(client).open("/sign-out")
    assert page.status == 404
    address = page.tree.xpath("//link[@rel='stylesheet']/@href")[0]
    answer = await client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/assets/opsdesk.000000000000.css")).status_code == 404
    assert (await client.get("/assets/..%2Frendering.py")).status_code == 404


async def test_a_dead_database_is_a_page_that_says_so(
    app: FastAPI, database: Database, client: AsyncClient
) -> None:
    client.cookies.set("opsdesk", "something")
    await database.close()
    database.url = "postgresql://nobody@127.0.0.1:9/none"
    page = await Browser(client).open("/")
    assert page.status == 503
    assert "Not at the moment" in page.main

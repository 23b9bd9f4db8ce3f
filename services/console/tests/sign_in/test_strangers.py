"""Requests of strangers are limited by address, and whoever is signed in behind the same address is none."""

import pytest
from fastapi import FastAPI

from common.http import runtime_of
from common.persistence.database import Database
from console.sessions import store
from console.settings import ConsoleSettings
from console.visits.known_sessions import KnownSessions
from console_support.browser import Browser
from console_support.people import SignIn, start_session

MOST_OF_A_PERSON = 100
MOST_OF_STRANGERS = 10


@pytest.fixture
def settings(settings: ConsoleSettings) -> ConsoleSettings:
    return settings.model_copy(update={"requests_per_minute": MOST_OF_A_PERSON})


async def ask_as_a_stranger(browser: Browser, times: int) -> list[int]:
    browser.client.cookies.clear()
    return [(await browser.open("/nothing")).status for _ in range(times)]


async def test_pages_of_a_whole_office_are_not_those_of_strangers(sign_in: SignIn) -> None:
    browser = await sign_in("anna")
    found = {(await browser.open("/settings")).status for _ in range(3 * MOST_OF_STRANGERS)}
    assert found == {200}


async def test_a_stranger_locks_out_nobody_who_is_signed_in(
    browser: Browser, app: FastAPI, database: Database
) -> None:
    name = await start_session(app, database, "anna")
    browser.client.cookies.set("opsdesk", name)
    assert (await browser.open("/settings")).status == 200
    assert 429 in await ask_as_a_stranger(browser, 2 * MOST_OF_STRANGERS)
    browser.client.cookies.set("opsdesk", name)
    assert (await browser.open("/settings")).status == 200


async def test_a_name_that_is_none_opens_no_way_through(browser: Browser) -> None:
    assert 429 in await ask_as_a_stranger(browser, 2 * MOST_OF_STRANGERS)
    browser.client.cookies.set("opsdesk", store.new_name())
    assert (await browser.open("/settings")).status == 429


async def test_an_ended_session_is_a_stranger_s_again(
    browser: Browser, app: FastAPI, database: Database
) -> None:
    name = await start_session(app, database, "anna")
    browser.client.cookies.set("opsdesk", name)
    await browser.open("/settings")
    known = runtime_of(app).resource(KnownSessions)
    assert known.has(name)
    async with database.transaction() as tx:
        await store.end_of_issuer(tx, "anna", None)
    assert (await browser.open("/settings")).status == 303
    assert not known.has(name)


async def test_one_person_asks_so_often_and_no_more(sign_in: SignIn) -> None:
    browser = await sign_in("anna")
    found = [await browser.open("/settings") for _ in range(MOST_OF_A_PERSON + 1)]
    assert [one.status for one in found[:-1]] == [200] * MOST_OF_A_PERSON
    assert found[-1].status == 429
    assert "Not at the moment" in found[-1].text

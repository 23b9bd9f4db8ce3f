"""Signing in and out, with an issuer that means well."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from common.persistence.database import Database
from console.sessions.tables import sessions
from console_support.browser import Browser, Page
from console_support.issuer import FakeIssuer
from console_support.people import start_session
from console_support.services import FakeServices
from console_support.sign_in_steps import asked_of, begin


async def test_the_way_there_is_a_code_flow_with_pkce(browser: Browser) -> None:
    page = await browser.open("/sign-in?then=/tickets/OPS-7")
    asked = asked_of(page)
    assert page.status == 303
    assert page.response.headers["location"].startswith("http://issuer/authorize?")
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://console.test/signed-in"
    cookie = page.response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert asked["state"] not in cookie, "it is sealed"


async def test_somebody_signs_in_and_comes_to_where_they_wanted_to_go(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    code = issuer.agree(asked)
    page = await browser.open(f"/signed-in?code={code}&state={asked['state']}")
    assert page.response.headers["location"] == "/tickets/OPS-7"
    async with database.transaction() as tx:
        row = (await tx.execute(select(sessions))).one()
    assert (row.sub, row.roles) == ("anna", ["ops"])
    name = browser.client.cookies["opsdesk"]
    assert name.encode() not in row.name_hash
    assert b"eyJ" not in row.sealed, "no token lies open in the database"


async def test_a_page_leads_to_the_sign_in_and_back(browser: Browser) -> None:
    page = await browser.open("/tickets?q=is%3Amine")
    assert page.status == 303
    assert page.response.headers["location"] == "/sign-in?then=%2Ftickets%3Fq%3Dis%253Amine"


async def test_signing_out_ends_the_session_and_leads_to_the_issuers_own_end(
    browser: Browser, app: FastAPI, database: Database, services: FakeServices
) -> None:
    services.say("sla", "/v1/status", {"lines": []})
    browser.client.cookies.set("opsdesk", await start_session(app, database, "anna"))
    settings = await browser.open("/settings")
    page = await browser.send(settings, "/sign-out")
    assert page.status == 200
    assert "http://issuer/end?" in page.response.text
    assert page.response.headers["clear-site-data"] == '"cache", "storage"'
    async with database.transaction() as tx:
        assert (await tx.execute(select(sessions))).all() == []


async def test_a_token_is_renewed_before_it_ends(
    browser: Browser, app: FastAPI, database: Database, issuer: FakeIssuer
) -> None:
    browser.client.cookies.set("opsdesk", await start_session(app, database, "anna", seconds=30))
    assert (await browser.open("/settings")).status == 200
    assert [one["grant_type"] for one in issuer.asked] == ["refresh_token"]
    assert (await browser.open("/settings")).status == 200
    assert len(issuer.asked) == 1, "the new one lasts"


async def test_a_renewal_that_is_refused_ends_the_session(
    browser: Browser, app: FastAPI, database: Database, issuer: FakeIssuer
) -> None:
    issuer.answer = httpx.Response(400, json={"error": "invalid_grant"})
    browser.client.cookies.set("opsdesk", await start_session(app, database, "anna", seconds=30))
    assert (await browser.open("/settings")).response.headers["location"].startswith("/sign-in")
    async with database.transaction() as tx:
        assert (await tx.execute(select(sessions))).all() == []


async def test_while_the_issuer_is_away_a_token_that_still_holds_is_used(
    browser: Browser, app: FastAPI, database: Database, issuer: FakeIssuer
) -> None:
    issuer.answer = httpx.ConnectError("away")
    browser.client.cookies.set("opsdesk", await start_session(app, database, "anna", seconds=30))
    assert (await browser.open("/settings")).status == 200


async def test_without_the_issuer_an_ended_token_is_said_to_be_so(
    browser: Browser, app: FastAPI, database: Database, issuer: FakeIssuer
) -> None:
    issuer.answer = httpx.ConnectError("away")
    browser.client.cookies.set("opsdesk", await start_session(app, database, "anna", seconds=-5))
    page = await browser.open("/settings")
    assert page.status == 503
    assert "The sign-in does not answer" in page.text


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "evil",
        "/a\tb",
        "javascript:1",
    ],
)
async def test_nobody_is_led_elsewhere(browser: Browser, issuer: FakeIssuer, then: str) -> None:
    page = Page(await browser.client.get("/sign-in", params={"then": then}))
    asked = asked_of(page)
    answer = await browser.open(f"/signed-in?code={issuer.agree(asked)}&state={asked['state']}")
    assert answer.response.headers["location"] == "/"


async def test_the_token_is_what_the_services_get(
    browser: Browser, app: FastAPI, database: Database, services: FakeServices
) -> None:
    services.say("sla", "/v1/status", {"lines": [], "at": "2026-03-02T08:30:00Z"})
    browser.client.cookies.set("opsdesk", await start_session(app, database, "anna"))
    await browser.open("/status")
    assert services.seen[0].headers["authorization"].startswith("Bearer eyJ")

"""Signing in by a certified OpenID provider that is not ours (`oidc-provider` from npm), in a real browser.

Its pages, its tokens, its renewals that are good once, its end of a session, and its back-channel logout.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Row, select

from common.auth.jwks import IssuerKeys
from common.auth.tokens import Authenticator
from common.http import runtime_of
from common.persistence.database import Database
from console.app import SERVICE
from console.sessions.seal import Seal, Tokens
from console.sessions.tables import sessions
from console.settings import ConsoleSettings
from console.upstream.client import Upstream
from console_support.everything import say_everything
from console_support.issuer import CLIENT
from console_support.provider import SECRET, running_provider
from console_support.served import serve
from console_support.services import FakeServices
from opsdesk_local.oidc_provider import MISSING, has_node
from opsdesk_testing.client import app_for
from opsdesk_testing.tokens import AUDIENCE

pytestmark = pytest.mark.skipif(not has_node(), reason=MISSING)

Open = Callable[..., Awaitable[Page]]
"""Opens a page in a browser of its own; `cookies` are those of another one."""


@pytest.fixture(params=["RS256", "ES256", "EdDSA"])
async def issuer(request: pytest.FixtureRequest, origin: str) -> AsyncIterator[str]:
    async with running_provider(origin, request.param) as issuer:
        yield issuer


@pytest.fixture
def settings(settings: ConsoleSettings, issuer: str) -> ConsoleSettings:
    """As somebody sets it up: the endpoints come from discovery."""
    given = settings.model_dump() | {
        "issuer": issuer,
        "jwks_url": f"{issuer}/jwks",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "authorization_endpoint": None,
        "token_endpoint": None,
        "end_session_endpoint": None,
    }
    return ConsoleSettings.model_validate(given)


@pytest.fixture
def app(database: Database, settings: ConsoleSettings, services: FakeServices) -> FastAPI:
    keys = IssuerKeys(f"{settings.issuer}/jwks")
    authenticator = Authenticator(settings.issuer, AUDIENCE, keys)
    app = app_for(SERVICE, database, settings=settings, authenticator=authenticator)
    runtime_of(app).resource(Upstream).open(settings, services)
    return app


@pytest.fixture
async def open_page(
    chromium: Browser, app: FastAPI, services: FakeServices, bound: Any
) -> AsyncIterator[Open]:
    say_everything(services)
    opened: list[BrowserContext] = []

    async def opened_page(*cookies: Any) -> Page:
        context = await chromium.new_context(locale="en-GB")
        opened.append(context)
        await context.add_cookies(cookies)
        return await context.new_page()

    async with serve(app, bound):
        yield opened_page
        for context in opened:
            await context.close()


async def sign_in(page: Page, address: str, who: str = "anna") -> None:
    """Open an address of the console, and go through the provider's pages of signing in and agreeing."""
    await page.goto(address)
    await page.get_by_placeholder("Enter any login").fill(who)
    await page.get_by_placeholder("and password").fill("whatever")
    await page.get_by_role("button", name="Sign-in").click()
    await page.get_by_role("button", name="Continue").click()
    await expect(page).to_have_url(address)


async def rows_of(database: Database) -> list[Row[Any]]:
    async with database.transaction() as tx:
        return list((await tx.execute(select(sessions).order_by(sessions.c.started_at))).all())


async def the_row(database: Database) -> Row[Any]:
    [row] = await rows_of(database)
    return row


def tokens_in(row: Row[Any], settings: ConsoleSettings) -> Tokens:
    tokens = Seal(settings.sealing_keys()).open_tokens(bytes(row.sealed))
    assert tokens is not None
    return tokens


async def test_somebody_signs_in_by_its_pages_and_comes_to_where_they_wanted(
    open_page: Open, origin: str, database: Database, issuer: str
) -> None:
    page = await open_page()
    asked: list[httpx.URL] = []
    page.on("request", lambda one: asked.append(httpx.URL(one.url)))
    await sign_in(page, f"{origin}/settings?saved=true")
    await expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    row = await the_row(database)
    assert (row.sub, row.person_name, row.roles) == ("anna", "Anna de Vries", ["ops"])
    assert (row.language, row.zone) == ("en", "Europe/Rome")
    assert row.issuer_session
    [way] = [one for one in asked if one.path == "/auth"]
    assert str(way).startswith(issuer)
    assert way.params["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= set(way.params)
    [back] = [one for one in asked if one.path == "/signed-in"]
    assert back.params["iss"] == issuer, "which of its issuers answered (RFC 9207)"


async def test_a_contact_signs_in_as_one(open_page: Open, origin: str, database: Database) -> None:
    await sign_in(await open_page(), f"{origin}/settings", "jan")
    row = await the_row(database)
    assert (row.sub, row.roles, row.customer) == ("jan", ["customer"], "acme")


async def test_tokens_are_renewed_and_each_renewal_is_good_once(
    open_page: Open, origin: str, database: Database, settings: ConsoleSettings
) -> None:
    """Its access tokens hold for half a minute, less than what the console wants to be left: each page renews."""
    page = await open_page()
    await sign_in(page, f"{origin}/settings")
    seen = [tokens_in(await the_row(database), settings)]
    for _ in range(2):
        await page.reload()
        await expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
        seen.append(tokens_in(await the_row(database), settings))
    assert len({one.access for one in seen}) == 3
    assert len({one.renewal for one in seen}) == 3


async def test_a_stolen_renewal_that_is_used_ends_the_session(
    open_page: Open, origin: str, database: Database, settings: ConsoleSettings
) -> None:
    """The provider ends what a renewal was given for at its second use; so the next page asks for a sign-in."""
    page = await open_page()
    await sign_in(page, f"{origin}/settings")
    stolen = tokens_in(await the_row(database), settings).renewal
    await page.reload()
    form = {
        "grant_type": "refresh_token",
        "refresh_token": stolen,
        "client_id": CLIENT,
        "client_secret": SECRET,
    }
    async with httpx.AsyncClient() as thief:
        answer = await thief.post(f"{settings.issuer}/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    await page.reload()
    await expect(page).not_to_have_url(f"{origin}/settings")
    assert page.url.startswith(settings.issuer)
    assert await rows_of(database) == []


async def test_who_signs_out_there_is_signed_out_in_every_browser(
    open_page: Open, origin: str, database: Database, issuer: str
) -> None:
    page = await open_page()
    await sign_in(page, f"{origin}/settings")
    own = await page.context.cookies(issuer)
    other = await open_page(*(one for one in own if one["name"].startswith("_session")))
    await other.goto(f"{origin}/settings")
    await expect(other).to_have_url(f"{origin}/settings")  # the provider knows who it is
    first, second = await rows_of(database)
    assert first.issuer_session == second.issuer_session

    await page.locator("details.me summary").click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.get_by_role("link", name="Sign out there, too").click()
    assert len(await rows_of(database)) == 1
    await page.get_by_role("button", name="Yes, sign me out").click()
    await expect(page.get_by_placeholder("Enter any login")).to_be_visible()  # back, and asked anew
    assert await rows_of(database) == []

    await other.reload()
    await expect(other.get_by_placeholder("Enter any login")).to_be_visible()


async def test_who_does_not_agree_is_not_signed_in(
    open_page: Open, origin: str, database: Database
) -> None:
    page = await open_page()
    await page.goto(f"{origin}/settings")
    await page.get_by_role("link", name="[ Cancel ]").click()
    await expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    assert await rows_of(database) == []

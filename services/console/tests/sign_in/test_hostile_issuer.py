"""An issuer, or somebody between it and us, that means harm: nobody is signed in."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select

from common.now import now
from common.persistence.database import Database
from console.sessions.tables import sessions
from console_support.browser import Browser, Page
from console_support.issuer import CLIENT, FakeIssuer
from console_support.sign_in_steps import begin
from opsdesk_testing.tokens import ISSUER, token


async def answer(browser: Browser, asked: dict[str, str], code: str, **changed: str) -> Page:
    query = {"code": code, "state": asked["state"], "iss": ISSUER} | changed
    return Page(await browser.client.get("/signed-in", params=query))


async def expect_nobody(database: Database, page: Page) -> None:
    assert page.status == 400
    assert "You are not signed in" in page.text
    async with database.transaction() as tx:
        assert (await tx.execute(select(sessions))).all() == []


SECONDS_AGO = int(now().timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"], "azp": None},
        {"azp": "another-client"},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"exp": SECONDS_AGO - 3600, "iat": SECONDS_AGO - 4000},
        {"iat": SECONDS_AGO - 4000},
        {"iat": None},
        {"exp": None},
        {"sub": None},
        {"sub": "gina"},
        {"at_hash": "of another token"},
    ],
    ids=lambda claims: "-".join(claims),
)
async def test_claims_that_do_not_fit(
    browser: Browser, issuer: FakeIssuer, database: Database, claims: dict[str, Any]
) -> None:
    issuer.claims = claims
    asked = await begin(browser)
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


async def test_state_of_another_attempt(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    """Somebody else's answer in this browser would sign it in as them (login CSRF)."""
    asked = await begin(browser)
    page = await answer(browser, asked, issuer.agree(asked), state="another")
    await expect_nobody(database, page)
    assert issuer.asked == [], "the code was not even shown to the issuer"


async def test_an_answer_in_a_browser_that_has_not_begun(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    browser.client.cookies.clear()
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


async def test_a_changed_cookie_of_the_attempt(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    sealed = browser.client.cookies["opsdesk-try"]
    browser.client.cookies.clear()
    browser.client.cookies.set("opsdesk-try", sealed[:-6] + "AAAA==")
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


async def test_another_issuer_answers(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    """RFC 9207: a mix-up of issuers."""
    asked = await begin(browser)
    page = await answer(browser, asked, issuer.agree(asked), iss="https://evil.example")
    await expect_nobody(database, page)
    assert issuer.asked == []


async def test_a_code_is_good_once(browser: Browser, issuer: FakeIssuer) -> None:
    """The attempt is over with the first answer, so the second never reaches the issuer."""
    asked = await begin(browser)
    code = issuer.agree(asked)
    assert (await answer(browser, asked, code)).status == 303
    again = await answer(browser, asked, code)
    assert again.status == 400
    assert len(issuer.asked) == 1


async def test_a_replayed_code_with_the_old_cookie_is_the_issuers_to_refuse(
    browser: Browser, issuer: FakeIssuer
) -> None:
    asked = await begin(browser)
    code, sealed = issuer.agree(asked), browser.client.cookies["opsdesk-try"]
    await answer(browser, asked, code)
    browser.client.cookies.set("opsdesk-try", sealed, domain="console.test", path="/")
    assert (await answer(browser, asked, code)).status == 400


async def test_a_code_that_was_stolen_lacks_the_verifier(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    code = issuer.agree(asked | {"code_challenge": "of another browser"})
    await expect_nobody(database, await answer(browser, asked, code))


def unsigned(claims: dict[str, Any]) -> str:
    """An ID token with the algorithm `none`."""

    def part(value: dict[str, Any]) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def plain_claims(nonce: str) -> dict[str, Any]:
    at = int(now().timestamp())
    return {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "anna",
        "iat": at,
        "exp": at + 300,
        "nonce": nonce,
    }


async def test_an_identity_without_signature(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    issuer.identity = unsigned(plain_claims(asked["nonce"]))
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


async def test_an_identity_signed_by_the_public_key_as_if_it_were_a_secret(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    secret = OctKey.import_key("a public key that everybody can read, at least 32 bytes")
    claims = plain_claims(asked["nonce"])
    issuer.identity = jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


async def test_an_identity_signed_by_another_key(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    issuer.key = ECKey.generate_key("P-256")
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


async def test_an_access_token_that_the_services_would_refuse(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    issuer.access = token("anna", seconds=-3600)
    await expect_nobody(database, await answer(browser, asked, issuer.agree(asked)))


@pytest.mark.parametrize(
    "given",
    [
        httpx.Response(200, content=b"<html>nonsense"),
        httpx.Response(200, json=["no", "object"]),
        httpx.Response(500),
        httpx.Response(302, headers={"location": "http://evil.example"}),
    ],
    ids=["no JSON", "no object", "error", "redirect"],
)
async def test_an_answer_that_cannot_be_read(
    browser: Browser, issuer: FakeIssuer, given: httpx.Response
) -> None:
    asked = await begin(browser)
    code = issuer.agree(asked)
    issuer.answer = given
    assert (await answer(browser, asked, code)).status == 503


async def test_an_answer_without_tokens(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    asked = await begin(browser)
    code = issuer.agree(asked)
    issuer.answer = httpx.Response(200, json={"token_type": "Bearer"})
    await expect_nobody(database, await answer(browser, asked, code))


async def test_a_refusal_of_the_issuer(browser: Browser, database: Database) -> None:
    asked = await begin(browser)
    query = {"error": "access_denied", "state": asked["state"]}
    await expect_nobody(database, Page(await browser.client.get("/signed-in", params=query)))


async def test_a_new_sign_in_gives_a_new_session(browser: Browser, issuer: FakeIssuer) -> None:
    """A name that somebody planted in the browser names nothing afterwards (session fixation)."""
    browser.client.cookies.set("opsdesk", "planted", domain="console.test", path="/")
    asked = await begin(browser)
    await answer(browser, asked, issuer.agree(asked))
    assert browser.client.cookies.get("opsdesk", domain="console.test") != "planted"

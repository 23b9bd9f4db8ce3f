"""OpenID Connect Back-Channel Logout 1.0: the issuer ends sessions here, and nobody else does."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select

from common.now import now
from common.persistence.database import Database
from common.retention import delete_old
from console.sessions.logout_tokens import RETENTION
from console.sessions.tables import logout_tokens, sessions
from console.settings import ConsoleSettings
from console_support.browser import Browser
from console_support.issuer import FakeIssuer
from console_support.logout import EVENT, PATH, log_out, logout_claims, logout_token
from console_support.people import start_session
from console_support.sign_in_steps import begin
from opsdesk_testing.tokens import token

AT = int(now().timestamp())


async def signed_in(database: Database) -> list[tuple[str, str | None]]:
    """Return who is signed in: `sub` and the issuer's session, sorted."""
    columns = (sessions.c.sub, sessions.c.issuer_session)
    async with database.transaction() as tx:
        rows = await tx.execute(select(*columns).order_by(*columns))
    return [(row.sub, row.issuer_session) for row in rows]


@pytest.fixture
async def three(app: FastAPI, database: Database) -> None:
    """Anna is signed in twice, omar once."""
    for sub, session in (("anna", "s-1"), ("anna", "s-2"), ("omar", "s-3")):
        await start_session(app, database, sub, issuer_session=session)


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({"sid": "s-1"}, [("anna", "s-2"), ("omar", "s-3")]),
        ({"sid": "s-1", "sub": "anna"}, [("anna", "s-2"), ("omar", "s-3")]),
        ({"sub": "anna"}, [("omar", "s-3")]),
        ({"sid": "s-1", "sub": "omar"}, [("anna", "s-1"), ("anna", "s-2"), ("omar", "s-3")]),
        ({"sid": "s-9"}, [("anna", "s-1"), ("anna", "s-2"), ("omar", "s-3")]),
    ],
    ids=["session", "session and person", "person", "session of another person", "nobody here"],
)
@pytest.mark.usefixtures("three")
async def test_what_a_token_names_is_ended(
    client: AsyncClient, database: Database, named: dict[str, Any], left: list[tuple[str, str]]
) -> None:
    answer = await log_out(client, logout_token(**named))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert await signed_in(database) == left


async def test_the_session_of_a_sign_in_is_known_by_its_sid(
    browser: Browser, issuer: FakeIssuer, database: Database
) -> None:
    issuer.claims = {"sid": "of-the-issuer"}
    asked = await begin(browser)
    await browser.open(f"/signed-in?code={issuer.agree(asked)}&state={asked['state']}")
    assert await signed_in(database) == [("anna", "of-the-issuer")]
    await log_out(browser.client, logout_token(sid="of-the-issuer"))
    page = await browser.open("/settings")
    assert page.response.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("typ", ["logout+jwt", "application/logout+jwt", "JWT"])
@pytest.mark.usefixtures("three")
async def test_issuers_name_the_kind_of_token_or_do_not(client: AsyncClient, typ: str) -> None:
    answer = await log_out(client, logout_token(header={"typ": typ}, sub="anna"))
    assert answer.status_code == 200


HOSTILE: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "another-client"},
    "the audience of the services": {"aud": "opsdesk"},
    "no audience": {"aud": None},
    "expired": {"exp": AT - 3600, "iat": AT - 3700},
    "no end": {"exp": None},
    "an end that never comes": {"exp": 9e15},
    "an end that is none": {"exp": "soon"},
    "no beginning": {"iat": None},
    "of the future": {"iat": AT + 3600, "exp": AT + 3700},
    "no name of its own": {"jti": None},
    "a name that is no text": {"jti": 7},
    "an empty name": {"jti": ""},
    "a name that cannot be stored": {"jti": "a\0b"},
    "with a nonce": {"nonce": "n"},
    "with an empty nonce": {"nonce": ""},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "events in a list": {"events": [EVENT]},
    "an event that is no object": {"events": {EVENT: True}},
    "nobody": {"sub": None},
    "a person in a list": {"sub": ["anna"]},
    "a session that is no text": {"sid": 1},
}


@pytest.mark.parametrize("changed", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.usefixtures("three")
async def test_claims_that_do_not_fit(
    client: AsyncClient, database: Database, changed: dict[str, Any]
) -> None:
    await expect_refused(client, database, logout_token(**{"sub": "anna"} | changed))


@pytest.mark.parametrize("typ", ["at+jwt", "secevent+jwt", "dpop+jwt"])
@pytest.mark.usefixtures("three")
async def test_another_kind_of_token(client: AsyncClient, database: Database, typ: str) -> None:
    await expect_refused(client, database, logout_token(header={"typ": typ}, sub="anna"))


@pytest.mark.usefixtures("three")
async def test_an_identity_is_no_logout(
    client: AsyncClient, database: Database, issuer: FakeIssuer
) -> None:
    await expect_refused(client, database, issuer.identify("access", None))
    await expect_refused(client, database, issuer.identify("access", "nonce"))


@pytest.mark.usefixtures("three")
async def test_an_access_token_is_no_logout(client: AsyncClient, database: Database) -> None:
    await expect_refused(client, database, token("anna"))


@pytest.mark.usefixtures("three")
async def test_a_token_without_signature(client: AsyncClient, database: Database) -> None:
    def part(value: dict[str, Any]) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    for alg in ("none", "None", "NONE"):
        unsigned = f"{part({'alg': alg})}.{part(logout_claims(sub='anna'))}."
        await expect_refused(client, database, unsigned)


@pytest.mark.usefixtures("three")
async def test_a_token_signed_by_a_secret(client: AsyncClient, database: Database) -> None:
    secret = OctKey.import_key("a public key that everybody can read, at least 32 bytes")
    claims = logout_claims(sub="anna")
    signed = jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])
    await expect_refused(client, database, signed)


@pytest.mark.usefixtures("three")
async def test_a_token_signed_by_another_key(client: AsyncClient, database: Database) -> None:
    stranger = ECKey.generate_key("P-256", auto_kid=True)
    await expect_refused(client, database, logout_token(key=stranger, sub="anna"))
    named = {"kid": stranger.kid}
    await expect_refused(client, database, logout_token(key=stranger, header=named, sub="anna"))


@pytest.mark.usefixtures("three")
async def test_a_changed_token(client: AsyncClient, database: Database) -> None:
    head, _, signature = logout_token(sub="nobody").split(".")
    claims = logout_token(sub="anna").split(".")[1]
    await expect_refused(client, database, f"{head}.{claims}.{signature}")


@pytest.mark.usefixtures("three")
async def test_a_token_is_good_once(app: FastAPI, client: AsyncClient, database: Database) -> None:
    """Who has caught one cannot sign a person out again whenever they like."""
    caught = logout_token(sub="anna")
    assert (await log_out(client, caught)).status_code == 200
    await start_session(app, database, "anna", issuer_session="s-4")
    assert (await log_out(client, caught)).status_code == 400
    again = logout_token(sub="anna", jti=json.loads(_payload(caught))["jti"])
    assert (await log_out(client, again)).status_code == 400
    assert await signed_in(database) == [("anna", "s-4"), ("omar", "s-3")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"logout_token=",
        b"logout_token=a&logout_token=b",
        b"logout_token=" + b"a" * 10_000,
        b"\xff\xfe",
        b"logout_token=%ff",
        b"&".join(b"f%d=1" % number for number in range(50)),
        b'{"logout_token": "a.b.c"}',
    ],
    ids=["nothing", "empty", "two", "long", "bytes", "no UTF-8", "many fields", "JSON"],
)
async def test_a_form_that_cannot_be_read(client: AsyncClient, body: bytes) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post(PATH, content=body, headers=form)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


async def test_the_address_only_takes_forms(client: AsyncClient) -> None:
    assert (await client.get(PATH)).status_code == 404


async def test_what_was_taken_is_remembered_until_it_has_expired(
    client: AsyncClient, database: Database, settings: ConsoleSettings
) -> None:
    await log_out(client, logout_token(sub="anna"))
    async with database.transaction() as tx:
        expires_at = await tx.scalar(select(logout_tokens.c.expires_at))
        assert expires_at is not None
        assert timedelta(seconds=120) <= expires_at - now() + timedelta(seconds=60)
        assert await delete_old(tx, RETENTION, settings) == 0
        await tx.execute(logout_tokens.update().values(expires_at=now() - timedelta(seconds=1)))
        assert await delete_old(tx, RETENTION, settings) == 1


async def expect_refused(client: AsyncClient, database: Database, given: str) -> None:
    before = await signed_in(database)
    answer = await log_out(client, given)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.headers["cache-control"] == "no-store"
    assert len(before) == 3
    assert await signed_in(database) == before
    async with database.transaction() as tx:
        taken = await tx.scalar(select(func.count()).select_from(logout_tokens))
    assert taken == 0, "a token that is not believed uses up no name"


def _payload(signed: str) -> bytes:
    part = signed.split(".")[1]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))

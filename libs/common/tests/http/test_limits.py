"""Whose requests are counted, and who waits."""

import string

import pytest
from fastapi import FastAPI

from common.auth.persons import counted_as
from common.http import Service, state_of
from common.http.authentication import RequestAuthenticator
from common.http.limits import MAX_REFUSED_TOKENS, RateLimiter, RefusedTokens
from common.persistence.database import Database
from common.settings import Settings
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.tokens import token

BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def limit(app: FastAPI, per_minute: int) -> RequestAuthenticator:
    """Allow so many requests of a caller, and a tenth of them of those who are nobody."""
    authenticator = state_of(app).request_authenticator
    authenticator.limits = RateLimiter(per_minute)
    return authenticator


async def test_an_address_that_guesses_tokens_waits(app: FastAPI) -> None:
    limit(app, 30)
    async with client(app, None) as guesser:
        codes = [(await guesser.get("/v1/things/a")).status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/docs/style.css", "/v1/things/a", "/v1/things%00"]
)
async def test_nobody_is_limited_whatever_they_ask_for(app: FastAPI, path: str) -> None:
    limit(app, 30)
    async with client(app, None) as nobody:
        codes = [(await nobody.get(path)).status_code for _ in range(5)]
    assert 429 not in codes[:3]
    assert codes[3:] == [429, 429]


async def test_who_has_a_valid_token_is_not_locked_out_by_a_neighbour(app: FastAPI) -> None:
    """They share an address, as behind a proxy; the token was never seen before."""
    limit(app, 30)
    async with client(app, None) as guesser, client(app, "omar") as omar:
        for number in range(5):
            bad = {"Authorization": f"Bearer a.b{number}.c"}
            last = await guesser.get("/v1/things/a", headers=bad)
        assert last.status_code == 429
        assert (await omar.get("/v1/things/a")).status_code == 200


async def test_a_token_that_a_limit_verified_says_whose_account_it_is(
    app: FastAPI, database: Database
) -> None:
    """Else whoever lets the own address be blocked first has two accounts that count as two people."""
    limit(app, 30)
    async with client(app, None) as guesser, client(app, "omar", owner="anna") as second_account:
        codes = [(await guesser.get("/v1/things/a")).status_code for _ in range(4)]
        assert codes[-1] == 429
        assert (await second_account.get("/v1/things/a")).status_code == 200
    async with database.transaction() as tx:
        assert await counted_as(tx, "omar", "anna") == "anna"


async def test_a_bad_token_in_a_loop_is_counted_by_itself(app: FastAPI) -> None:
    """A program with an expired token limits neither its neighbours nor their mistakes."""
    limit(app, 30)
    expired = {"Authorization": f"Bearer {token('anna', seconds=-60)}"}
    async with client(app, None) as looping:
        codes = [
            (await looping.get("/v1/things/a", headers=expired)).status_code for _ in range(70)
        ]
        assert codes == [401] * 60 + [429] * 10
        assert (await looping.get("/v1/things/a")).status_code == 401


async def test_refused_tokens_are_remembered_up_to_a_bound() -> None:
    tokens = RefusedTokens()
    for number in range(MAX_REFUSED_TOKENS + 10):
        tokens.count(number.to_bytes(4), 0.0)
    assert len(tokens._found) == MAX_REFUSED_TOKENS
    assert tokens.count((MAX_REFUSED_TOKENS + 9).to_bytes(4), 1.0)
    assert not tokens.count((MAX_REFUSED_TOKENS + 9).to_bytes(4), 61.0)  # another minute


async def test_a_token_is_remembered_once_however_it_is_spelled(app: FastAPI) -> None:
    authenticator = state_of(app).authenticator
    good = token("anna")
    async with client(app, None) as anna:
        for spelling in (
            f"Bearer {good}",
            f"Bearer   {good}",
            f"bearer {good}  ",
            f"BEARER {good}",
        ):
            answer = await anna.get("/v1/things/a", headers={"Authorization": spelling})
            assert answer.status_code == 200, spelling
    assert len(authenticator._cache) == 1


async def test_a_token_has_one_spelling(app: FastAPI) -> None:
    """Base64 leaves bits unused, and decoders pass over what is no base64: none of that is the token."""
    good = token("anna")
    last = BASE64.index(good[-1])
    variants = [
        good[:-1] + BASE64[last ^ 1],
        good[:-4] + "!" + good[-4:],
        good[:-4] + "\t" + good[-4:],
    ]
    async with client(app, None) as anna:
        for variant in (*variants, good + "=", good + "."):
            bearer = {"Authorization": f"Bearer {variant}"}
            assert (await anna.get("/v1/things/a", headers=bearer)).status_code == 401, variant


async def test_a_refused_on_behalf_of_is_counted(app: FastAPI) -> None:
    """So nobody finds out by trial which addresses are contacts."""
    limit(app, 30)
    async with client(app, "portal") as portal, client(app, "anna") as anna:
        codes = []
        for number in range(5):
            behalf = {"On-Behalf-Of": f"mailto:guess{number}@acme.example"}
            codes.append((await portal.get("/v1/things/a", headers=behalf)).status_code)
        assert codes == [403, 403, 403, 429, 429]
        behalf = {"On-Behalf-Of": "mailto:jan@acme.example"}
        assert (await anna.get("/v1/things/a", headers=behalf)).status_code == 403


async def test_who_is_a_contact_no_more_does_not_lock_out_the_others(app: FastAPI) -> None:
    """Somebody's browser goes on asking the portal; it speaks for everybody else all the same."""
    limit(app, 30)
    ended = {"On-Behalf-Of": "mailto:ended@acme.example"}
    async with client(app, "portal") as portal:
        codes = [(await portal.get("/v1/things/a", headers=ended)).status_code for _ in range(65)]
        assert codes == [403] * 60 + [429] * 5
        jan = {"On-Behalf-Of": "mailto:jan@acme.example"}
        assert (await portal.get("/v1/things/a", headers=jan)).status_code == 200


async def test_forwarded_addresses_are_counted_where_the_proxy_is_trusted(
    service: Service, database: Database
) -> None:
    settings = settings_for(
        Settings, database.url, requests_per_minute=30, trusted_proxies="127.0.0.1"
    )
    app = app_for(service, database, settings=settings)
    async with client(app, None) as nobody:

        async def ask(address: str) -> int:
            headers = {"X-Forwarded-For": address}
            return (await nobody.get("/v1/things/a", headers=headers)).status_code

        assert [await ask("198.51.100.7") for _ in range(4)] == [401, 401, 401, 429]
        assert await ask("198.51.100.8") == 401
        assert await ask("198.51.100.8, 198.51.100.7") == 429

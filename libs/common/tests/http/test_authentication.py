"""Authentication, On-Behalf-Of and rate limits."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.auth.revocation import revoked_token_ids
from common.http import Service, state_of
from common.http.limits import RateLimiter
from common.persistence.database import Database
from common.settings import Settings
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.tokens import token


@pytest.fixture
async def portal(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "portal") as portal:
        yield portal


async def test_the_portal_is_the_contact_and_no_more(portal: AsyncClient) -> None:
    behalf = {"On-Behalf-Of": "mailto:Jan@acme.example "}
    shown = (await portal.get("/v1/things/a", headers=behalf)).json()
    assert shown["who"] == f"contact/{UUID(int=5)}"
    assert shown["behind"] == "portal"
    alone = await portal.get("/v1/things/a")
    assert alone.status_code == 403


@pytest.mark.parametrize(
    ("behalf", "status"),
    [
        ("mailto:nobody@acme.example", 403),
        ("jan@acme.example", 400),
        ("mailto:", 400),
        ("mailto:" + "x" * 300 + "@acme.example", 400),
        ("", 400),
    ],
)
async def test_speaking_for_nobody_is_refused(
    portal: AsyncClient, behalf: str, status: int
) -> None:
    answer = await portal.get("/v1/things/a", headers={"On-Behalf-Of": behalf})
    assert answer.status_code == status


async def test_only_the_portal_speaks_for_others(anna: AsyncClient) -> None:
    behalf = {"On-Behalf-Of": "mailto:jan@acme.example"}
    assert (await anna.get("/v1/things/a", headers=behalf)).status_code == 403


async def test_bad_tokens_are_nobody(app: FastAPI) -> None:
    async with client(app, None) as nobody:
        for bad in ("x.y.z", token("anna", seconds=-60), "", token("anna")[:-3]):
            bearer = {"Authorization": f"Bearer {bad}"}
            answer = await nobody.get("/v1/things/a", headers=bearer)
            assert answer.status_code == 401, bad
            assert answer.json()["type"] == "urn:opsdesk:error:unauthenticated"


async def test_beyond_the_limit_a_caller_waits_and_others_do_not(
    service: Service, database: Database
) -> None:
    settings = settings_for(Settings, database.url, requests_per_minute=3)
    app = app_for(service, database, settings=settings)
    async with client(app, "anna") as anna, client(app, "omar") as omar:
        codes = [(await anna.get("/v1/things/a")).status_code for _ in range(3)]
        refused = await anna.get("/v1/things/a")
        assert codes == [200, 200, 200]
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert (await omar.get("/v1/things/a")).status_code == 200


async def test_an_address_that_guesses_tokens_waits(app: FastAPI) -> None:
    state_of(app).request_authenticator.limits = RateLimiter(30)
    async with client(app, None) as guesser:
        codes = [(await guesser.get("/v1/things/a")).status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]


async def test_a_revoked_token_is_stored_with_who_revoked_it(
    app: FastAPI, database: Database
) -> None:
    revocation = {"jti": "leaked", "expires_at": "2100-01-01T00:00:00Z"}
    async with client(app, "theo") as theo:
        answer = await theo.post("/v1/token-revocations", json=revocation)
    assert answer.status_code == 204
    async with database.transaction() as tx:
        assert await revoked_token_ids(tx) == ["leaked"]
        noted = (await tx.execute(text("SELECT who, action, subject FROM audit"))).one()
    assert tuple(noted) == ("theo", "token.revoke", "token/leaked")

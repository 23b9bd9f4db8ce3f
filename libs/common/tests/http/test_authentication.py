"""Authentication, On-Behalf-Of and rate limits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.auth import Caller, requires
from common.auth.revoked import Revocations
from common.http import Service, router, state_of
from common.now import now
from common.persistence.database import Database
from common.settings import Settings
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.tokens import token

approvals = router("/v1/approvals", ["approvals"])


@approvals.get("")
async def approve(caller: Annotated[Caller, requires("waivers:approve")]) -> dict[str, str]:
    """Approve."""
    return {"by": caller.sub}


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


async def test_nobody_speaks_for_a_contact_of_an_ended_customer(
    app: FastAPI, portal: AsyncClient
) -> None:
    """Also while their end as a contact is not heard yet"""
    ended = Revocations(ended_customers=frozenset({"acme"}))
    state_of(app).authenticator.set_revoked(ended)
    behalf = {"On-Behalf-Of": "mailto:jan@acme.example"}
    refused = await portal.get("/v1/things/a", headers=behalf)
    assert (refused.status_code, refused.json()["code"]) == (403, "CUSTOMER_ENDED")


async def test_a_refused_contact_of_an_ended_customer_is_counted(app: FastAPI) -> None:
    """Their tokens are verified at each request, as those of nobody are"""
    ended = Revocations(ended_customers=frozenset({"acme"}))
    state_of(app).authenticator.set_revoked(ended)
    async with client(app, "jan") as jan:
        codes = {(await jan.get("/v1/things/a")).status_code for _ in range(100)}
    assert codes == {403, 429}


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


@pytest.mark.parametrize("name", ["Authorization", "On-Behalf-Of"])
async def test_a_header_that_says_who_asks_comes_once(
    app: FastAPI, portal: AsyncClient, name: str
) -> None:
    """A proxy may believe the first and we the last: whose right is it then?"""
    values = {
        "Authorization": f"Bearer {token('portal')}",
        "On-Behalf-Of": "mailto:jan@acme.example",
    }
    headers = [*values.items(), (name, values[name])]
    async with client(app, None) as nobody:
        answer = await nobody.get("/v1/things/a", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (
            401,
            "urn:opsdesk:error:unauthenticated",
        )
        once = await nobody.get("/v1/things/a", headers=values)
        assert once.status_code == 200


@pytest.mark.parametrize(
    ("asked", "given", "status"),
    [
        ({}, {}, 200),
        ({"approval_sign_in_s": 300}, {}, 401),
        ({"approval_sign_in_s": 300}, {"auth_time": -290}, 200),
        ({"approval_sign_in_s": 300}, {"auth_time": -310}, 401),
        ({"approval_sign_in_s": 300}, {"auth_time": float("nan")}, 401),
        ({"approval_acr": "phr phrh"}, {}, 401),
        ({"approval_acr": "phr phrh"}, {"acr": "pwd"}, 401),
        ({"approval_acr": "phr phrh"}, {"acr": "phrh"}, 200),
        (
            {"approval_acr": "phr", "approval_sign_in_s": 300},
            {"acr": "phr", "auth_time": -400},
            401,
        ),
    ],
)
async def test_an_approval_may_ask_for_a_fresh_sign_in(
    service: Service, database: Database, asked: dict[str, Any], given: dict[str, Any], status: int
) -> None:
    settings = settings_for(Settings, database.url, **asked)
    app = app_for(
        replace(service, routers=(*service.routers, approvals)), database, settings=settings
    )
    claims = dict(given)
    if "auth_time" in claims:
        claims["auth_time"] += now().timestamp()
    async with client(app, "gina", **claims) as gina:
        answer = await gina.get("/v1/approvals")
        assert answer.status_code == status
        # What is no approval asks for nothing.
        assert (await gina.get("/v1/things/a")).status_code == 200
    if status == 401:
        assert answer.json()["type"] == "urn:opsdesk:error:sign-in-required"
        assert "insufficient_user_authentication" in answer.headers["www-authenticate"]

"""Accesses: approved by role, given by one and verified by another, owed back by leavers (R1, R16)."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from intake.access_requests import routes
from intake.access_requests.domain import AccessRequest
from intake_support.alerts import NINE
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time

ASKED = {
    "person": "sven",
    "environment": "acme-prod",
    "resource": "the database of billing",
    "level": "read",
    "reason": "Find the cause of OPS-1001.",
    "until": "2030-01-31",
}


@pytest.fixture
async def gina(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """Who approves."""
    async with client(app, "gina") as gina:
        yield gina


async def asked(anna: AsyncClient, **more: Any) -> str:
    answer = await anna.post("/v1/access-requests", json=ASKED | more)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def granted(anna: AsyncClient, gina: AsyncClient, **more: Any) -> str:
    path = await asked(anna, **more)
    assert (await decide(gina, path)).status_code == 200
    assert (await anna.post(f"{path}/grant")).status_code == 200
    return path


async def decide(who: AsyncClient, path: str, decision: str = "approved") -> Response:
    return await who.post(f"{path}/decision", json={"decision": decision})


async def waiting_for(anna: AsyncClient, what: str) -> list[tuple[str, str | None]]:
    listed = await anna.get("/v1/access-requests", params={"waiting_for": what})
    return [(one["key"], one["owed_removal"]) for one in listed.json()["items"]]


async def test_who_asks_or_gets_it_does_not_approve_it(
    app: FastAPI, anna: AsyncClient, gina: AsyncClient
) -> None:
    """R1"""
    path = await asked(gina, person="anna")
    own = await decide(gina, path)
    assert (own.status_code, own.json()["code"]) == (403, "FOUR_EYES")
    assert (await decide(anna, path)).status_code == 403, "OPS approves no access"
    early = await anna.post(f"{path}/grant")
    assert early.json()["code"] == "NOT_APPROVED"
    async with client(app, "theo") as theo:
        assert (await decide(theo, path)).json()["state"] == "approved"
        assert (await decide(theo, path, "declined")).json()["code"] == "ALREADY_DECIDED"


async def test_what_one_gives_another_verifies_and_so_with_taking_it(
    anna: AsyncClient, omar: AsyncClient, gina: AsyncClient
) -> None:
    """R1"""
    path = await granted(anna, gina)
    assert await waiting_for(anna, "verification") == [("ACC-1", None)]
    assert (await anna.post(f"{path}/grant/verify")).json()["code"] == "FOUR_EYES"
    assert (await omar.post(f"{path}/grant/verify")).json()["state"] == "active"
    assert await waiting_for(anna, "verification") == []
    asked_back = await omar.post(f"{path}/removal-request", json={"reason": "Done."})
    assert asked_back.json()["state"] == "removal_owed"
    assert await waiting_for(anna, "removal") == [("ACC-1", "asked")]
    assert (await anna.post(f"{path}/remove")).json()["state"] == "removed"
    assert (await anna.post(f"{path}/removal/verify")).json()["code"] == "FOUR_EYES"
    assert (await omar.post(f"{path}/removal/verify")).json()["state"] == "ended"
    assert (await omar.post(f"{path}/remove")).json()["code"] == "NOT_GRANTED"


async def test_the_accesses_of_who_leaves_are_owed_back(
    anna: AsyncClient, omar: AsyncClient, gina: AsyncClient
) -> None:
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    await granted(anna, gina)
    await granted(anna, gina, person=f"contact/{jan['id']}")
    assert await waiting_for(anna, "removal") == []
    why = {"reason": "Leaves."}
    await anna.post("/v1/people/sven/end", json=why)
    assert (await omar.post("/v1/people/sven/confirm")).status_code == 200
    await anna.post(f"/v1/customers/acme/contacts/{jan['id']}/end", json=why)
    assert await waiting_for(anna, "removal") == [("ACC-1", "left"), ("ACC-2", "left")]
    refused = await anna.post("/v1/access-requests", json=ASKED)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/person"]


async def test_what_expired_is_owed_back_and_what_is_old_is_recertified(
    anna: AsyncClient, omar: AsyncClient, gina: AsyncClient, database: Database
) -> None:
    short = await granted(anna, gina)
    long = await granted(anna, gina, until="2031-01-31")
    await freeze_time(database, NINE + timedelta(days=25))
    assert await waiting_for(anna, "removal") == [("ACC-1", "expired")]
    await freeze_time(database, NINE + timedelta(days=90))
    assert [key for key, _ in await waiting_for(anna, "recertification")] == ["ACC-1", "ACC-2"]
    assert (await gina.post(f"{short}/recertify")).json()["code"] == "REMOVAL_OWED"
    assert (await gina.post(f"{long}/recertify")).json()["recertified_by"] == "gina"
    assert [key for key, _ in await waiting_for(anna, "recertification")] == ["ACC-1"]


async def test_the_evidence_is_whole_however_much_it_is_and_who_took_it_is_noted(
    anna: AsyncClient, gina: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R16: it was cut at 100,000 without a word."""
    for _ in range(5):
        await asked(anna)
    for at_once in (1, 2, 5):
        monkeypatch.setattr(routes, "EXPORTED_AT_ONCE", at_once)
        exported = await gina.get("/v1/access-requests/evidence")
        rows = list(csv.DictReader(StringIO(exported.text)))
        assert [row["key"] for row in rows] == [f"ACC-{number}" for number in range(1, 6)]
    async with database.transaction() as tx:
        query = text("SELECT who FROM audit WHERE action = 'access_request.export'")
        assert list(await tx.scalars(query)) == ["gina"] * 3


async def test_the_evidence_is_whole_and_no_formula(
    anna: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """R16"""
    await granted(anna, gina, resource="=HYPERLINK(1)")
    await asked(anna)
    exported = await anna.get("/v1/access-requests/evidence")
    assert exported.headers["content-type"].startswith("text/csv")
    first, second = csv.DictReader(StringIO(exported.text))
    assert (first["key"], first["resource"], first["granted_by"], first["state"]) == (
        "ACC-1",
        "'=HYPERLINK(1)",
        "anna",
        "granted",
    )
    assert (second["state"], second["decided_by"]) == ("requested", "")
    assert (await jan.get("/v1/access-requests/evidence")).status_code == 403


async def test_what_one_person_has_is_listed_and_a_mistyped_one_is_refused(
    anna: AsyncClient,
) -> None:
    """I5"""
    await asked(anna)
    await asked(anna, person="omar")
    listed = await anna.get("/v1/access-requests", params={"person": "omar"})
    assert [one["key"] for one in listed.json()["items"]] == ["ACC-2"]
    refused = await anna.get("/v1/access-requests", params={"person": "omarr"})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/query/person"]


async def test_all_that_is_wrong_is_said_at_once(anna: AsyncClient) -> None:
    body = ASKED | {"person": "nobody", "until": "2030-01-06"}
    refused = await anna.post("/v1/access-requests", json=body)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/person", "/until"]


def test_the_last_day_still_counts() -> None:
    at = datetime(2030, 1, 7, 9, tzinfo=UTC)
    access = AccessRequest(
        UUID(int=1), "ACC-1", "sven", None, "db", "read", "x", date(2030, 1, 31), "anna", at,
        granted_by="anna", granted_at=at,
    )  # fmt: skip
    assert access.owed_removal(date(2030, 1, 31)) is None
    assert access.owed_removal(date(2030, 2, 1)) == "expired"

"""Intake revokes tokens, and announces it to the other services."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.auth.claims import CLOCK_SKEW_S
from common.auth.revocation import load_revocations
from common.events.directory import TokensRevoked
from common.http import state_of
from common.now import now
from common.persistence.database import Database
from intake.revocations.commands import publish_all
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events


async def revoke(app: FastAPI, **body: Any) -> int:
    async with client(app, "theo") as theo:
        given = {"reason": "it was on a screen"} | body
        return (await theo.post("/v1/token-revocations", json=given)).status_code


@pytest.mark.parametrize("kind", ["token", "person", "client"])
async def test_it_is_stored_announced_and_on_record(
    app: FastAPI, database: Database, kind: str
) -> None:
    assert await revoke(app, kind=kind, name="leaked") == 201
    (sent,) = [one for one in await outbox_events(database) if one.type == TokensRevoked.type]
    announced = TokensRevoked.model_validate(sent.body)
    assert (sent.topic, sent.sequence) == ("opsdesk.directory", 1)
    assert (announced.kind, announced.name, announced.by) == (kind, "leaked", "theo")
    # Real time, though the test's own time stands still in 2030.
    assert abs((announced.issued_until - now()).total_seconds() - CLOCK_SKEW_S) < 60
    async with database.transaction() as tx:
        found = await load_revocations(tx)
        noted = (await tx.execute(text("SELECT who, action, subject FROM audit"))).one()
    names = {"token": found.token_ids, "person": found.people, "client": found.clients}
    assert set(names[kind]) == {"leaked"}
    assert tuple(noted) == ("theo", "token.revoke", f"{kind}/leaked")


async def test_a_revoked_person_is_nobody_until_they_sign_in_again(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    assert (await anna.get("/v1/people")).status_code == 200
    assert await revoke(app, kind="person", name="anna") == 201
    async with database.transaction() as tx:
        state_of(app).authenticator.set_revoked(await load_revocations(tx))
    assert (await anna.get("/v1/people")).status_code == 401
    async with client(app, "omar") as omar:
        assert (await omar.get("/v1/people")).status_code == 200


async def test_only_the_tom_and_the_gm_revoke(app: FastAPI, anna: AsyncClient) -> None:
    body = {"kind": "person", "name": "gina", "reason": "because"}
    assert (await anna.post("/v1/token-revocations", json=body)).status_code == 403


async def test_what_is_revoked_is_announced_again_while_tokens_would_hold(
    app: FastAPI, database: Database
) -> None:
    assert await revoke(app, kind="person", name="anna") == 201
    assert await revoke(app, kind="token", name="old") == 201
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "UPDATE token_revocations SET expires_at = issued_until - interval '1 day' WHERE name = 'old'"
            )
        )
    assert await publish_all(database) == 1
    again = [one for one in await outbox_events(database) if one.type == TokensRevoked.type][-1]
    assert (again.body["name"], again.sequence) == ("anna", 2)

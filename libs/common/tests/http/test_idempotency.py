"""The same request twice is done once and answered the same."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.http import idempotency
from common.persistence.database import Database
from common.retention import COMMON_RETENTIONS, delete_old, delete_old_forever
from common.settings import Settings
from opsdesk_testing.client import client, settings_for
from opsdesk_testing.waiting import until

from .conftest import SLOW

Written = Callable[[], Awaitable[int]]


async def test_the_same_request_is_done_once_and_answered_the_same(
    anna: AsyncClient, count_things: Written
) -> None:
    key = {"Idempotency-Key": "one"}
    first = await anna.post("/v1/things", json={"name": "a"}, headers=key)
    again = await anna.post("/v1/things", json={"name": "a"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == "application/json"
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await count_things() == 1


async def test_another_body_or_path_under_the_same_key_is_refused(
    anna: AsyncClient, count_things: Written
) -> None:
    """G12."""
    key = {"Idempotency-Key": "one"}
    await anna.post("/v1/things", json={"name": "a"}, headers=key)
    for path, name in (("/v1/things", "b"), ("/v1/things?", "b")):
        other = await anna.post(path, json={"name": name}, headers=key)
        assert other.status_code == 422
        assert other.json()["type"] == "urn:opsdesk:error:idempotency-mismatch"
    assert await count_things() == 1


async def test_keys_belong_to_their_caller(app: FastAPI, count_things: Written) -> None:
    key = {"Idempotency-Key": "one"}
    for name in ("anna", "omar"):
        async with client(app, name) as one:
            answer = await one.post("/v1/things", json={"name": "a"}, headers=key)
            assert "idempotency-replayed" not in answer.headers
    behalf = {"On-Behalf-Of": "mailto:jan@acme.example"} | key
    async with client(app, "portal") as portal:
        answer = await portal.post("/v1/things", json={"name": "a"}, headers=behalf)
        assert "idempotency-replayed" not in answer.headers
    assert await count_things() == 3


async def test_while_the_first_one_runs_the_second_is_refused(
    anna: AsyncClient, count_things: Written, database: Database
) -> None:
    key = {"Idempotency-Key": "one"}
    async with database.transaction() as tx:
        await tx.execute(text(SLOW))
        sent = [anna.post("/v1/things", json={"name": "slow"}, headers=key) for _ in range(5)]
        tasks = [asyncio.create_task(one) for one in sent]
        refused = [await one for one in islice(asyncio.as_completed(tasks), 4)]
        assert {answer.status_code for answer in refused} == {409}
    answers = await asyncio.gather(*tasks)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    running = next(answer for answer in answers if answer.status_code == 409)
    assert running.json()["type"] == "urn:opsdesk:error:still-running"
    assert await count_things() == 1


async def test_what_was_undone_may_be_tried_again(anna: AsyncClient) -> None:
    key = {"Idempotency-Key": "one"}
    for _ in range(2):
        answer = await anna.post("/v1/things", json={"name": "twice"}, headers=key)
        assert answer.status_code == 409
        assert "idempotency-replayed" not in answer.headers


async def test_a_denial_is_answered_the_same_and_recorded_once(
    anna: AsyncClient, count_things: Written
) -> None:
    key = {"Idempotency-Key": "one"}
    first = await anna.post("/v1/things", json={"name": "denied"}, headers=key)
    again = await anna.post("/v1/things", json={"name": "denied"}, headers=key)
    assert first.status_code == again.status_code == 403
    assert again.json() == first.json()
    assert again.headers["content-type"] == "application/problem+json"
    assert await count_things() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9"])
async def test_odd_keys_are_refused(anna: AsyncClient, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("utf-8")}
    answer = await anna.post("/v1/things", json={"name": "a"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/idempotency-key"


async def test_after_seven_days_a_key_is_free_and_then_deleted(
    anna: AsyncClient, database: Database, count_things: Written
) -> None:
    key = {"Idempotency-Key": "one"}
    await anna.post("/v1/things", json={"name": "a"}, headers=key)
    await _age(database)
    fresh = await anna.post("/v1/things", json={"name": "b"}, headers=key)
    assert fresh.status_code == 201
    assert await count_things() == 2
    assert await _delete_expired(database) == 0
    await _age(database)
    assert await _delete_expired(database) == 1


async def test_cleaning_goes_on_in_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO idempotency (caller, key, request, status, headers, body, answered_at)"
                " SELECT 'anna', n::text, '', 200, '{}', '', statement_timestamp() - interval '8 d'"
                " FROM generate_series(1, 2500) n"
            )
        )

    async def all_are_deleted() -> bool:
        return not await _stored_keys(database)

    settings = settings_for(Settings, database.url)
    cleaning = asyncio.create_task(delete_old_forever(database, settings, COMMON_RETENTIONS))
    await until(all_are_deleted)
    cleaning.cancel()


def test_the_lock_is_a_number_that_postgresql_takes() -> None:
    keys = [idempotency.IdempotencyKey("anna", str(UUID(int=n)), b"") for n in range(200)]
    assert len({key.lock_id for key in keys}) == 200
    assert all(-(2**63) <= key.lock_id < 2**63 for key in keys)


async def _delete_expired(database: Database) -> int:
    (keys,) = (one for one in COMMON_RETENTIONS if one.name == "idempotency keys")
    async with database.transaction() as tx:
        return await delete_old(tx, keys, settings_for(Settings, database.url))


async def _age(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            text("UPDATE idempotency SET answered_at = answered_at - interval '8 days'")
        )


async def _stored_keys(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM idempotency")) or 0)

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from httpx import AsyncClient

from common.database import Connection, Database
from common.http import Service
from common.testing.client import app_for, client

Written = Callable[[], Awaitable[int]]


class ForgetsAtCommit:
    """A database whose connection dies at the commit."""

    def __init__(self, database: Database) -> None:
        self.real = database
        self.url = database.url

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.real.transaction() as tx:
            yield tx
            await tx.rollback()
            raise ConnectionError("gone at commit")


async def test_what_is_answered_201_is_kept(anna: AsyncClient, written: Written) -> None:
    answer = await anna.post("/v1/things", json={"name": "one"})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/things/{answer.json()['id']}"
    assert await written() == 1


async def test_nobody_is_told_201_before_the_commit(
    service: Service, database: Database, written: Written
) -> None:
    """Accepted means kept (architecture, 1)."""
    app = app_for(service, ForgetsAtCommit(database))  # type: ignore[arg-type]
    async with client(app) as anna:
        answer = await anna.post("/v1/things", json={"name": "one"})
    assert answer.status_code == 503
    assert "Idempotency-Key" in answer.json()["detail"]
    assert await written() == 0


async def test_a_raised_problem_undoes_everything(anna: AsyncClient, written: Written) -> None:
    assert (await anna.post("/v1/things", json={"name": "twice"})).status_code == 409
    assert await written() == 0


async def test_a_returned_denial_leaves_its_audit_record(
    anna: AsyncClient, written: Written
) -> None:
    answer = await anna.post("/v1/things", json={"name": "denied"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert await written() == 1


async def test_a_fault_of_ours_says_nothing_about_the_inside(
    anna: AsyncClient, written: Written
) -> None:
    answer = await anna.post("/v1/things", json={"name": "odd"})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:opsdesk:error:unexpected"
    assert len(answer.json()["trace_id"]) == 32
    assert "secret" not in answer.text
    assert await written() == 0


async def test_a_large_body_that_is_no_json_is_taken_as_it_is(anna: AsyncClient) -> None:
    headers = {"content-type": "message/rfc822"}
    raw = b"\0[{" * 500_000
    taken = await anna.post("/v1/things/mail", content=raw, headers=headers)
    assert (taken.status_code, taken.json()) == (201, {"size": len(raw)})


async def test_everybody_else_is_refused(app: FastAPI) -> None:
    async with client(app, as_=None) as nobody:
        answer = await nobody.post("/v1/things", json={"name": "one"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    async with client(app, "qa", scope="checks:write") as machine:
        refused = await machine.post("/v1/things", json={"name": "one"})
    assert refused.status_code == 403
    assert refused.json()["permission"] == "tickets:open"

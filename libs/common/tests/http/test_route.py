import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from starlette.types import Message, Receive, Scope, Send

from common.auth import Caller, requires
from common.http import Service, authorized_router
from common.persistence.database import Connection, Database, OutcomeUnknown
from common.persistence.workload import Workload
from opsdesk_testing.client import app_for, client

Written = Callable[[], Awaitable[int]]


class Counts:
    """A database that knows how many transactions are open, and how many there were."""

    def __init__(self, database: Database) -> None:
        self.real = database
        self.url = database.url
        self.open = 0
        self.opened = 0

    def for_workload(self, _: Workload) -> "Counts":
        return self

    @asynccontextmanager
    async def transaction(self, *, all_rows: bool = False) -> AsyncIterator[Connection]:
        self.open += 1
        self.opened += 1
        async with self.real.transaction(all_rows=all_rows) as tx:
            yield tx
        self.open -= 1


class ForgetsAtCommit:
    """A database whose connection dies at the commit."""

    def __init__(self, database: Database) -> None:
        self.real = database
        self.url = database.url

    def for_workload(self, _: Workload) -> "ForgetsAtCommit":
        return self

    @asynccontextmanager
    async def transaction(self, *, all_rows: bool = False) -> AsyncIterator[Connection]:
        async with self.real.transaction(all_rows=all_rows) as tx:
            yield tx
            await tx.rollback()
            raise OutcomeUnknown("gone at commit")


async def test_what_is_answered_201_is_stored(anna: AsyncClient, count_things: Written) -> None:
    answer = await anna.post("/v1/things", json={"name": "one"})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/things/{answer.json()['id']}"
    assert await count_things() == 1


async def test_no_201_leaves_before_the_commit(
    service: Service, database: Database, count_things: Written
) -> None:
    """Accepted means kept (architecture, 1)."""
    app = app_for(service, ForgetsAtCommit(database))  # type: ignore[arg-type]  # a stand-in
    async with client(app) as anna:
        answer = await anna.post("/v1/things", json={"name": "one"})
    assert answer.status_code == 504
    assert "Idempotency-Key" in answer.json()["detail"]
    assert await count_things() == 0


async def test_a_raised_problem_undoes_everything(anna: AsyncClient, count_things: Written) -> None:
    assert (await anna.post("/v1/things", json={"name": "twice"})).status_code == 409
    assert await count_things() == 0


async def test_a_returned_denial_leaves_its_audit_record(
    anna: AsyncClient, count_things: Written
) -> None:
    answer = await anna.post("/v1/things", json={"name": "denied"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert await count_things() == 1


async def test_a_fault_of_ours_says_nothing_about_the_inside(
    anna: AsyncClient, count_things: Written
) -> None:
    answer = await anna.post("/v1/things", json={"name": "odd"})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:opsdesk:error:unexpected"
    assert len(answer.json()["trace_id"]) == 32
    assert "secret" not in answer.text
    assert await count_things() == 0


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


async def test_a_slow_sender_holds_no_connection(service: Service, database: Database) -> None:
    counts = Counts(database)
    seen: list[int] = []

    async def dripping() -> AsyncIterator[bytes]:
        for byte in b'{"name": "a"}':
            await asyncio.sleep(0)  # lets the service run
            seen.append(counts.open)
            yield bytes([byte])

    async with client(app_for(service, counts)) as anna:  # type: ignore[arg-type]  # a stand-in
        headers = {"content-type": "application/json"}
        answer = await anna.post("/v1/things", content=dripping(), headers=headers)
    assert answer.status_code == 201
    assert set(seen) == {0}


async def test_whoever_is_refused_at_the_door_costs_no_transaction(
    service: Service, database: Database
) -> None:
    counts = Counts(database)
    app = app_for(service, counts)  # type: ignore[arg-type]  # a stand-in
    async with client(app, None) as nobody, client(app, "hosthaven") as other, client(app) as anna:
        assert (await nobody.post("/v1/things", json={"name": "a"})).status_code == 401
        assert (await other.post("/v1/things", json={"name": "a"})).status_code == 403
        assert (await anna.post("/v1/things", content=b"{")).status_code == 415
    assert counts.opened == 0


async def test_the_answer_leaves_after_the_commit(service: Service, database: Database) -> None:
    """Seen from outside, at the first byte of the response."""
    app = app_for(service, database)
    stored: list[int] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_look(message: Message) -> None:
            if message["type"] == "http.response.start":
                async with database.transaction() as tx:
                    stored.append(int(await tx.scalar(text("SELECT count(*) FROM audit")) or 0))
            await send(message)

        await app(scope, receive, send_and_look)

    async with client(watched) as anna:  # type: ignore[arg-type]  # a stand-in
        assert (await anna.post("/v1/things", json={"name": "a"})).status_code == 201
    assert stored == [1]


async def test_a_route_with_its_own_transactions_knows_its_caller(
    service: Service, database: Database
) -> None:
    """It holds no transaction unless it opens one, and admits only who may use it."""
    own = authorized_router("/v1/own", ["things"])
    counts = Counts(database)

    @own.get("")
    async def get_caller(caller: Annotated[Caller, requires("tickets:open")]) -> dict[str, str]:
        """Get the caller."""
        return {"sub": caller.sub, "open": str(counts.open)}

    app = app_for(service, counts, own)  # type: ignore[arg-type]  # a stand-in
    async with client(app) as anna, client(app, "qa", scope="checks:write") as machine:
        assert (await anna.get("/v1/own")).json() == {"sub": "anna", "open": "0"}
        assert (await machine.get("/v1/own")).status_code == 403
    async with client(app, as_=None) as nobody:
        assert (await nobody.get("/v1/own")).status_code == 401

"""Opening a ticket while its table is locked: nobody who is told "send again" has a ticket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.http import runtime_of
from common.persistence.database import Database
from intake.tickets import ticket_batcher, ticket_outcome
from intake.tickets.store import ticket_batch as store
from intake.tickets.ticket_batcher import TICKETS, TicketBatcher
from opsdesk_testing.waiting import until

pytestmark = pytest.mark.thorough

DOWN = {"title": "Billing is down", "customer": "acme", "environment": "acme-prod"}
OVERLOADED = "urn:opsdesk:error:overloaded"
UNKNOWN = "urn:opsdesk:error:outcome-unknown"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a busy machine keeps, too: what is shown here is not how long they are."""
    monkeypatch.setattr(ticket_batcher, "TICKETS", replace(TICKETS, lock_s=60, statement_s=90))
    monkeypatch.setattr(ticket_batcher, "MAX_QUEUE_S", 60)


async def post(who: AsyncClient, title: str, key: str | None = None) -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await who.post("/v1/tickets", json=DOWN | {"title": title}, headers=headers)


@asynccontextmanager
async def locked(database: Database, mode: str) -> AsyncIterator[None]:
    async with database.engine.connect() as connection:
        await connection.execute(text(f"LOCK TABLE tickets IN {mode} MODE"))
        yield
        await connection.rollback()


async def titles(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return list((await tx.execute(text("SELECT title FROM tickets ORDER BY title"))).scalars())


async def nothing_runs(database: Database) -> bool:
    """No statement that could still store a ticket is left on the server."""
    query = text(
        "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'opsdesk intake tickets %' AND state <> 'idle')"
    )
    async with database.transaction() as tx:
        return bool(await tx.scalar(query))


async def has_blocked_batch(database: Database) -> bool:
    query = text(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'opsdesk intake tickets %' AND wait_event_type = 'Lock')"
    )
    async with database.transaction() as tx:
        return bool(await tx.scalar(query))


async def count_blocked_batches(database: Database) -> int:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'opsdesk intake tickets %' AND wait_event_type = 'Lock'"
    )
    async with database.transaction() as tx:
        return int(await tx.scalar(query) or 0)


async def kill_blocked_batch(database: Database) -> None:
    await until(lambda: has_blocked_batch(database))
    query = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'opsdesk intake tickets %'"
    )
    async with database.transaction() as tx:
        await tx.execute(query)


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "ACCESS EXCLUSIVE"])
async def test_who_is_told_to_send_again_has_no_ticket(
    anna: AsyncClient, database: Database, mode: str
) -> None:
    """Locked for longer than any bound, eight without a key: all answered while it is locked."""
    async with locked(database, mode):
        async with asyncio.timeout(ticket_batcher.MAX_QUEUE_S + TICKETS.lock_s + 3):
            answers = await asyncio.gather(*(post(anna, f"a{n}") for n in range(8)))
        assert {one.status_code for one in answers} == {503}
        assert {one.json()["type"] for one in answers} == {OVERLOADED}
        assert {one.headers["retry-after"] for one in answers} == {"1"}
        assert await nothing_runs(database)
    assert await titles(database) == []
    again = await asyncio.gather(*(post(anna, f"a{n}") for n in range(8)))
    assert {one.status_code for one in again} == {201}
    assert await titles(database) == [f"a{n}" for n in range(8)]


@pytest.mark.usefixtures("patient")
async def test_a_lock_that_is_short_is_waited_for(anna: AsyncClient, database: Database) -> None:
    async with locked(database, "ACCESS EXCLUSIVE"):
        requests = [asyncio.create_task(post(anna, f"a{n}")) for n in range(8)]
        await until(lambda: has_blocked_batch(database))
    assert {one.status_code for one in await asyncio.gather(*requests)} == {201}
    assert len(await titles(database)) == 8


@pytest.mark.usefixtures("patient")
async def test_a_lost_connection_while_nobody_can_look_is_said_to_be_unknown(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer names the ticket to ask for, and is given within a bound."""
    monkeypatch.setattr(ticket_outcome, "LOOK_UP_TIMEOUT_S", 1.5)
    async with locked(database, "ACCESS EXCLUSIVE"):
        request = asyncio.create_task(post(anna, "a"))
        await kill_blocked_batch(database)
        answer = await request  # while the table is locked
    assert (answer.status_code, answer.json()["type"]) == (504, UNKNOWN)
    assert "retry-after" not in answer.headers
    ticket = answer.json()["ticket"]
    assert ticket["href"] in answer.json()["detail"]
    assert (await anna.get(ticket["href"])).status_code == 404
    assert await nothing_runs(database)
    assert await titles(database) == []


@pytest.mark.usefixtures("patient")
async def test_who_has_a_key_finds_out_by_sending_again(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_outcome, "LOOK_UP_TIMEOUT_S", 1.5)
    async with locked(database, "ACCESS EXCLUSIVE"):
        request = asyncio.create_task(post(anna, "a", key="k"))
        await kill_blocked_batch(database)
        answer = await request
    assert answer.status_code == 504
    assert "Idempotency-Key" in answer.json()["detail"]
    assert (await post(anna, "a", key="k")).status_code == 201
    assert (await post(anna, "a", key="k")).headers["idempotency-replayed"] == "true"
    assert await titles(database) == ["a"]


async def test_a_statement_whose_client_gave_up_is_ended_before_anybody_looks(
    anna: AsyncClient, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writes are locked, reads are not: without the fence the look-up finds nothing, says "send again",
    and the ticket is stored when the lock is given."""
    real = store.insert_batch

    async def given_up(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        await raw.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        await raw.execute("SET client_connection_check_interval = 0")
        async with asyncio.timeout(0.5):
            return await real(raw, openings)

    monkeypatch.setattr(store, "insert_batch", given_up)
    async with locked(database, "EXCLUSIVE"):
        answers = await asyncio.gather(*(post(anna, f"a{n}") for n in range(8)))
        assert await nothing_runs(database)
    assert {one.status_code for one in answers} == {503}
    batcher = runtime_of(app).resource(TicketBatcher)
    await until(lambda: all(lane.task is None for lane in batcher.lanes))
    assert await titles(database) == []


async def test_a_database_that_cannot_be_asked_makes_it_unknown(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored, the answer lost, and no connection to look it up by: not "send again"."""
    real = store.insert_batch

    async def lost_after(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        await real(raw, openings)
        raw.terminate()
        raise asyncpg.ConnectionDoesNotExistError("gone")

    async def refuse(*_: Any) -> object:
        raise asyncpg.TooManyConnectionsError("no more")

    with monkeypatch.context() as patched:
        patched.setattr(ticket_outcome, "LOOK_UP_TIMEOUT_S", 0.5)
        patched.setattr(store, "insert_batch", lost_after)
        patched.setattr(store, "existing_ids", refuse)
        answer = await post(anna, "a")
    assert answer.status_code == 504
    shown = await anna.get(answer.json()["ticket"]["href"])
    assert (shown.status_code, shown.json()["key"]) == (200, answer.json()["ticket"]["key"])


@pytest.mark.usefixtures("patient")
async def test_who_waits_too_long_for_a_batch_is_not_stored(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_batcher, "MAX_QUEUE_S", 0.3)
    async with locked(database, "ACCESS EXCLUSIVE"):
        first = asyncio.create_task(post(anna, "first"))
        await until(lambda: has_blocked_batch(database))
        late = asyncio.create_task(post(anna, "late"))
        await asyncio.sleep(0.5)  # the bound is real time
    assert (await first).status_code == 201
    assert ((await late).status_code, (await late).json()["type"]) == (503, OVERLOADED)
    assert await titles(database) == ["first"]


@pytest.mark.usefixtures("patient")
async def test_where_enough_wait_a_second_batch_goes_beside_the_first(
    anna: AsyncClient, database: Database
) -> None:
    """What waits in both with the same key is stored once, and answered the same."""
    async with locked(database, "EXCLUSIVE"):
        first = asyncio.create_task(post(anna, "a", key="same"))
        await until(lambda: has_blocked_batch(database))
        few = [
            asyncio.create_task(post(anna, f"b{n}")) for n in range(ticket_batcher.MIN_BESIDE - 1)
        ]
        await asyncio.sleep(0.3)
        assert await count_blocked_batches(database) == 1, "too few to go beside it"
        again = asyncio.create_task(post(anna, "a", key="same"))
        await until_many_blocked(database, 2)
    answers = await asyncio.gather(first, again, *few)
    assert {one.status_code for one in answers} == {201}
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert await titles(database) == ["a", *(f"b{n}" for n in range(len(few)))]


async def until_many_blocked(database: Database, many: int) -> None:
    async def are_blocked() -> bool:
        return await count_blocked_batches(database) == many

    await until(are_blocked)

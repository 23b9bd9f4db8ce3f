"""Connections per kind of work, the server's time-outs, and commits whose outcome is not known."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from common.persistence.database import Database, LostBeforeCommit, OutcomeUnknown, connect
from common.persistence.errors import is_transient, sqlstate_of
from common.persistence.fencing import FENCE, connection_name, fence
from common.persistence.workload import COMMANDS, READS, WRITES, Workload
from opsdesk_testing.waiting import until

QUICK = Workload("quick", 1, acquire_s=0.1, lock_s=0.2, statement_s=0.5, idle_s=0.5, grace_s=0.5)
INSERT = (
    "INSERT INTO revoked_tokens (jti, expires_at, revoked_by)"
    " VALUES ('a', '2030-01-01T00:00:00Z', 'me')"
)


@asynccontextmanager
async def locked(database: Database, table: str) -> AsyncIterator[None]:
    """Nobody else reads or writes the table meanwhile."""
    async with database.engine.connect() as connection:
        await connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
        await connection.rollback()


async def run(database: Database, statement: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(statement))


async def count_revoked(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM revoked_tokens")) or 0)


async def backend_pid(tx: Any) -> int:
    return int(await tx.scalar(text("SELECT pg_backend_pid()")))


async def _gone(database: Database, pid: int) -> bool:
    query = text("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = :pid)")
    async with database.transaction() as tx:
        return bool(await tx.scalar(query, {"pid": pid}))


def driver_of(tx: Any) -> Any:
    return tx.sync_connection.connection.driver_connection


async def test_each_kind_of_work_has_its_own_connections(database: Database) -> None:
    writes = database.for_workload(WRITES.with_connections(1))
    quick = database.for_workload(QUICK)
    async with quick.transaction():
        with pytest.raises(NoConnection):
            await quick.engine.connect()
        async with writes.transaction() as tx:
            assert await tx.scalar(text("SELECT 1")) == 1
    assert database.for_workload(QUICK) is quick


async def test_the_settings_say_how_many_and_callbacks_are_shared(database: Database) -> None:
    sized = Database(database.url, database.schema, WRITES, sizes={"reads": 7, "writes": 3})
    reads = sized.for_workload(READS)
    assert (sized.workload.connections, reads.workload.connections) == (3, 7)
    assert reads.on_outbox_events is sized.on_outbox_events
    assert reads.on_deadlines_scheduled is sized.on_deadlines_scheduled
    await sized.close()


async def test_an_address_may_say_how_tls_is_used(database: Database) -> None:
    """Before, `sslmode` was a TypeError at the first request."""
    encrypted = Database(f"{database.url}?sslmode=prefer", database.schema)
    assert await count_revoked(encrypted) == 0
    await encrypted.close()


async def test_a_wait_for_a_lock_and_a_slow_statement_are_ended_by_the_server(
    database: Database,
) -> None:
    quick = database.for_workload(QUICK)
    async with locked(database, "revoked_tokens"):
        with pytest.raises(DBAPIError) as refused:
            await count_revoked(quick)
    assert sqlstate_of(refused.value) == "55P03"
    with pytest.raises(DBAPIError) as slow:
        await run(quick, "SELECT pg_sleep(5)")
    assert sqlstate_of(slow.value) == "57014"
    assert await count_revoked(quick) == 0


async def rest_in_transaction(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(INSERT))
        await until(driver_of(tx).is_closed)


async def test_who_rests_in_a_transaction_holds_no_locks_for_ever(database: Database) -> None:
    quick = database.for_workload(QUICK)
    with pytest.raises(LostBeforeCommit):
        await rest_in_transaction(quick)
    assert await count_revoked(database) == 0
    assert await count_revoked(quick) == 0


async def ask_a_stopped_server(database: Database, pids: list[int]) -> None:
    async with database.transaction() as tx:
        pids.append(await backend_pid(tx))
        await tx.execute(text(INSERT))
        os.kill(pids[0], signal.SIGSTOP)
        await tx.execute(text("SELECT 1"))


async def test_a_server_that_does_not_answer_is_given_up_and_its_statement_ends(
    database: Database, servers: Any
) -> None:
    """The client's own time-out is the last resort: what it leaves is closed, not rolled back."""
    assert "127.0.0.1" in servers.admin_url, "stops a process of PostgreSQL on this machine"
    quick = database.for_workload(QUICK)
    pids: list[int] = []
    try:
        with pytest.raises(TimeoutError) as given_up:
            await ask_a_stopped_server(quick, pids)
    finally:
        os.kill(pids[0], signal.SIGCONT)
    assert is_transient(given_up.value)
    await until(lambda: _gone(database, pids[0]))
    assert await count_revoked(database) == 0
    assert await count_revoked(quick) == 0


async def lose_the_answer_of_a_commit(database: Database, pids: list[int]) -> None:
    async with database.transaction() as tx:
        pids.append(await backend_pid(tx))
        await tx.execute(text(INSERT))
        os.kill(pids[0], signal.SIGSTOP)
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, driver_of(tx).terminate)
        loop.call_later(0.2, os.kill, pids[0], signal.SIGCONT)


async def test_a_commit_whose_answer_is_lost_is_said_to_be_unknown(database: Database) -> None:
    """Here it was stored, which nobody can know who waits for the answer."""
    quick = database.for_workload(QUICK)
    pids: list[int] = []
    with pytest.raises(OutcomeUnknown):
        await lose_the_answer_of_a_commit(quick, pids)
    await until(lambda: _gone(database, pids[0]))
    assert await count_revoked(quick) == 1


async def test_a_commit_that_postgresql_refuses_is_known(
    database: Database, owner_url: str
) -> None:
    """A deferred constraint: the error is the constraint's, and nothing is stored."""
    owner = Database(owner_url, database.schema)
    await run(owner, "CREATE TABLE pairs (a int PRIMARY KEY, b int)")
    foreign_key = "FOREIGN KEY (b) REFERENCES pairs DEFERRABLE INITIALLY DEFERRED"
    await run(owner, f"ALTER TABLE pairs ADD {foreign_key}")
    with pytest.raises(DBAPIError) as refused:
        await run(owner, "INSERT INTO pairs VALUES (1, 2)")
    assert sqlstate_of(refused.value) == "23503"
    await owner.close()


async def test_a_fenced_connection_is_gone_and_its_statement_had_no_effect(
    database: Database,
) -> None:
    name = connection_name(database.schema, COMMANDS)
    lost = await database.dedicated_connection(COMMANDS, name=name)
    async with locked(database, "revoked_tokens"):
        waiting = asyncio.create_task(lost.execute(INSERT))
        await until(lambda: _waits(database, name))
        other = await database.dedicated_connection(FENCE)
        assert await fence(other, name)
        with pytest.raises(asyncpg.PostgresError):
            await waiting
        assert await fence(other, name), "who is gone already is gone"
        await other.close()
    assert await count_revoked(database) == 0


async def _waits(database: Database, name: str) -> bool:
    query = text("SELECT wait_event_type FROM pg_stat_activity WHERE application_name = :name")
    async with database.transaction() as tx:
        return bool(await tx.scalar(query, {"name": name}) == "Lock")


async def test_a_statement_ends_whose_client_hung_up(database: Database) -> None:
    """Without it the statement would wait on, and be stored long after somebody looked for it."""
    patient = replace(COMMANDS, lock_s=0, statement_s=0)
    name = connection_name(database.schema, patient)
    client = await connect(database.url, database.schema, patient, name=name)
    async with locked(database, "revoked_tokens"):
        waiting = asyncio.create_task(client.execute(INSERT))
        await until(lambda: _waits(database, name))
        pid = client.get_server_pid()
        client.terminate()
        with pytest.raises(asyncpg.PostgresError):
            await waiting
        await until(lambda: _gone(database, pid))
    assert await count_revoked(database) == 0

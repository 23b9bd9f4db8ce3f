"""A request that waits takes the connections of its own kind only, and is answered within a bound."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Annotated

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from common.auth import Caller, requires
from common.http import Service, Transaction, only_computes, router
from common.http.connections import connections_per_workload, describe_connections
from common.http.route_workload import workload_of
from common.persistence.database import Connection, Database, OutcomeUnknown
from common.persistence.workload import LISTS, READS, WRITES, Workload
from opsdesk_testing.client import app_for, client, settings_for

Reader = Annotated[Caller, requires("tickets:read")]
Opener = Annotated[Caller, requires("tickets:open")]

rows = router("/v1/rows", ["rows"])


@rows.get("")
async def list_rows(caller: Reader, tx: Transaction) -> int:
    """Count what a lock may be on."""
    return int(await tx.scalar(text("SELECT count(*) FROM dead_letters")) or 0)


@rows.get("/{name}")
async def get_row(name: str, caller: Reader, tx: Transaction) -> str:
    """Read something else."""
    return str(await tx.scalar(text("SELECT count(*) FROM revoked_tokens")))


@rows.post("", status_code=201)
async def create_row(caller: Opener, tx: Transaction) -> str:
    """Write something else."""
    await tx.execute(
        text(
            "INSERT INTO revoked_tokens (jti, expires_at, revoked_by)"
            " VALUES (gen_random_uuid()::text, statement_timestamp(), 'me')"
        )
    )
    return "stored"


@rows.post("/simulate")
@only_computes
async def simulate(caller: Reader, tx: Transaction) -> str:
    """Compute."""
    return "computed"


@pytest.fixture
def busy_service(service: Service) -> Service:
    return replace(service, routers=(rows,))


def test_the_kind_of_work_follows_from_method_and_path() -> None:
    kinds = {
        (method, route.path): workload_of(route)
        for route in rows.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert kinds == {
        ("GET", "/v1/rows"): LISTS,
        ("GET", "/v1/rows/{name}"): READS,
        ("POST", "/v1/rows"): WRITES,
        ("POST", "/v1/rows/simulate"): LISTS,
    }


async def lock(tx: Connection, table: str) -> None:
    await tx.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))


async def test_thirty_readers_of_a_locked_table_hold_up_nobody_else(
    busy_service: Service, database: Database
) -> None:
    """Those over the bound get 503 at once, the others when the lock is not given in time."""
    app = app_for(busy_service, database)
    async with client(app) as anna:
        async with database.transaction() as tx:
            await lock(tx, "dead_letters")
            lists = [asyncio.create_task(anna.get("/v1/rows")) for _ in range(30)]
            await asyncio.sleep(0)
            async with asyncio.timeout(LISTS.lock_s):
                for _ in range(5):
                    assert (await anna.post("/v1/rows")).status_code == 201
                    assert (await anna.get("/v1/rows/a")).status_code == 200
            assert not any(one.done() for one in lists[: LISTS.connections])
            async with asyncio.timeout(LISTS.acquire_s + LISTS.lock_s + 2):
                answers = await asyncio.gather(*lists)
        assert {one.status_code for one in answers} == {503}
        assert {one.json()["type"] for one in answers} == {"urn:opsdesk:error:overloaded"}
        assert all(one.headers["retry-after"] == "1" for one in answers)
        reasons = Counter(one.json()["detail"].partition(".")[0] for one in answers)
        assert sorted(reasons.values()) == [LISTS.connections, 30 - LISTS.connections]
        assert (await anna.get("/v1/rows")).status_code == 200


async def test_a_commit_of_unknown_outcome_is_a_504_for_who_writes(
    busy_service: Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_for(busy_service, database)

    async def lost(*_: object) -> None:
        raise OutcomeUnknown("lost")

    async with client(app) as anna:
        monkeypatch.setattr("common.persistence.database._commit", lost)
        wrote = await anna.post("/v1/rows")
        assert (wrote.status_code, wrote.json()["type"]) == (
            504,
            "urn:opsdesk:error:outcome-unknown",
        )
        assert "retry-after" not in wrote.headers
        assert "Idempotency-Key" in wrote.json()["detail"]
        read = await anna.get("/v1/rows/a")
        assert (read.status_code, read.headers["retry-after"]) == (503, "1")


def test_what_a_replica_needs_is_added_up_and_can_be_set(busy_service: Service) -> None:
    settings = settings_for(
        busy_service.settings, "postgresql://a:b@c/d", write_connections=20, list_connections=1
    )
    own = Workload("own", 3, acquire_s=1, lock_s=1, statement_s=1, idle_s=1)
    bounds = connections_per_workload(replace(busy_service, workloads=(own,)), settings)
    assert (bounds["writes"], bounds["reads"], bounds["lists"]) == (20, 5, 1)
    assert bounds["own"] == 3
    described = describe_connections(replace(busy_service, workloads=(own,)), settings)
    assert described.startswith(f"{sum(bounds.values())} (writes 20, reads 5, lists 1")

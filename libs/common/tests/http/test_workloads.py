"""A request that waits takes the connections of its own kind only, and is answered within a bound."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Annotated

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from httpx import Response
from sqlalchemy import text

from common.auth import Caller, requires
from common.http import Service, Transaction, only_computes, route_workload, router
from common.http.connections import connections_per_workload, describe_connections
from common.http.route_workload import workload_of
from common.persistence.database import Connection, Database, OutcomeUnknown
from common.persistence.workload import LISTS, READS, WRITES, Workload
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.waiting import until

Reader = Annotated[Caller, requires("tickets:read")]
OVERLOADED = "urn:opsdesk:error:overloaded"
Opener = Annotated[Caller, requires("tickets:open")]


def make_routes() -> APIRouter:
    """Make routes of each kind, with the limits of this moment."""
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

    return rows


@pytest.fixture
def busy_service(service: Service) -> Service:
    return replace(service, routers=(make_routes(),))


def test_the_kind_of_work_follows_from_method_and_path() -> None:
    kinds = {
        (method, route.path): workload_of(route)
        for route in make_routes().routes
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
    service: Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there are connections wait for the lock; the others are told to come back."""
    patient = replace(LISTS, acquire_s=0.5, lock_s=60, statement_s=90)
    monkeypatch.setattr(route_workload, "LISTS", patient)
    app = app_for(replace(service, routers=(make_routes(),)), database)
    async with client(app) as anna:
        async with database.transaction() as tx:
            await lock(tx, "dead_letters")
            lists = [asyncio.create_task(anna.get("/v1/rows")) for _ in range(30)]
            async with asyncio.timeout(30):
                done = await wait_for(lists, 30 - LISTS.connections)
                for _ in range(5):
                    assert (await anna.post("/v1/rows")).status_code == 201
                    assert (await anna.get("/v1/rows/a")).status_code == 200
            assert sum(one.done() for one in lists) == 30 - LISTS.connections
        assert {one.status_code for one in done} == {503}
        assert {one.json()["type"] for one in done} == {OVERLOADED}
        assert {one.headers["retry-after"] for one in done} == {"1"}
        answers = Counter(one.status_code for one in await asyncio.gather(*lists))
        assert answers == {200: LISTS.connections, 503: 30 - LISTS.connections}


async def wait_for(tasks: list["asyncio.Task[Response]"], number: int) -> list[Response]:
    """Wait until so many have answered."""
    await until(lambda: sum(one.done() for one in tasks) >= number)
    return [one.result() for one in tasks if one.done()]


async def test_who_waits_too_long_for_a_lock_is_told_that_nothing_is_stored(
    service: Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_workload, "WRITES", replace(WRITES, lock_s=0.2))
    app = app_for(replace(service, routers=(make_routes(),)), database)
    async with client(app) as anna:
        async with database.transaction() as tx:
            await lock(tx, "revoked_tokens")
            answer = await anna.post("/v1/rows")
        assert (answer.status_code, answer.json()["type"]) == (503, OVERLOADED)
        assert "Nothing was stored" in answer.json()["detail"]
        assert (await anna.get("/v1/rows/a")).json() == "0"


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

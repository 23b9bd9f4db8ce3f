"""The lifespan: background loops, and what happens when they fail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from common.auth.local_issuer import LocalIssuer
from common.http import Service, create_app, loops, runtime_of
from common.http.loops import create_loop_state
from common.messaging import deployment_identity
from common.messaging.kafka import Kafka
from common.messaging.relay import Relay
from common.persistence.database import Database
from common.restoration.need import RestorationNeeded
from common.runtime import Runtime
from common.settings import Settings
from opsdesk_testing.client import app_for, client, management_client

Written = Callable[[], Awaitable[int]]


@pytest.fixture
def issuer(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalIssuer:
    """The environment of a service whose Kafka is not there, with an issuer of its own."""
    issuer = LocalIssuer(tmp_path)
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "LOCAL_ISSUER_DIRECTORY": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"OPSDESK_{name}", value)
    return issuer


async def test_a_service_works_while_kafka_is_down_and_says_so(
    service: Service, issuer: LocalIssuer, count_things: Written
) -> None:
    """The HTTP side lives; readiness names what does not."""
    app = create_app(service)
    async with app.router.lifespan_context(app), client(app, None) as anna:
        anna.headers["Authorization"] = f"Bearer {issuer.issue('anna', roles=('ops',)).token}"
        assert (await anna.post("/v1/things", json={"name": "a"})).status_code == 201
        async with management_client(app) as ops:
            ready = await ops.get("/health/ready")
            assert (await ops.get("/health/live")).status_code == 200
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert set(ready.json()["degraded"]) == {"relay"}
    assert await count_things() == 1


@pytest.mark.parametrize("kind", ["loops", "request_loops"])
async def test_loops_run_beside_the_requests_and_stop_with_the_service(
    service: Service, issuer: LocalIssuer, kind: str
) -> None:
    running = asyncio.Event()
    ended = asyncio.Event()

    async def watch(runtime: Runtime[Settings]) -> None:
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    app = create_app(
        replace(service, loops=(watch,))
        if kind == "loops"
        else replace(service, request_loops=(watch,))
    )
    async with asyncio.timeout(15), app.router.lifespan_context(app):
        await running.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_a_loop_that_fails_is_started_anew_later_and_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    tried = 0

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def loop() -> None:
        nonlocal tried
        tried += 1
        if tried < 10:
            raise ValueError("not yet")

    monkeypatch.setattr(asyncio, "sleep", pause)
    await loops.supervise("loop", loop)
    assert tried == 10
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_a_loop_whose_library_cancels_itself_is_started_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only who is cancelled from outside has ended; seen with aiokafka after a long outage."""
    monkeypatch.setattr(loops, "INITIAL_RESTART_DELAY_S", 0.0)
    tried = 0

    async def loop() -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            inside = asyncio.get_running_loop().create_future()
            inside.cancel()
            await inside

    await loops.supervise("loop", loop)
    assert tried == 2


async def test_a_service_that_started_without_kafka_sends_nothing_before_it_has_compared(
    service: Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database may come from a backup; readiness says what the start would have said."""
    relay = Relay(database, Kafka("127.0.0.1:9"))
    seen: list[str] = []
    ran = asyncio.Event()

    async def verify_nothing(*_: object) -> None:
        pass

    async def find_a_backup(*_: object) -> None:
        seen.append(str(relay.trouble))
        if len(seen) < 3:
            assert not ran.is_set()
            raise RestorationNeeded("run `restored` first")

    async def run() -> None:
        ran.set()

    monkeypatch.setattr(deployment_identity, "RETRY_INTERVAL_S", 0.0)
    monkeypatch.setattr(loops, "deployment_check", lambda state: verify_nothing)
    monkeypatch.setattr(loops, "verify_restored", find_a_backup)
    monkeypatch.setattr(relay, "run", run)
    state = create_loop_state(service, runtime_of(app_for(service, database)))
    await loops.relay_when_verified(state, relay)
    assert ran.is_set()
    assert [text.partition(" (since")[0] for text in seen[1:]] == [
        "relay: run `restored` first"
    ] * 2


class Board:
    """What a service has one of in each process."""

    def __init__(self, database: Database) -> None:
        self.database = database


def test_a_resource_is_made_once_and_found_by_its_class(
    service: Service, database: Database
) -> None:
    app = app_for(replace(service, resources=(Board,)), database)
    board = runtime_of(app).resource(Board)
    assert board.database is database
    assert runtime_of(app).resource(Board) is board
    with pytest.raises(LookupError, match="Settings"):
        runtime_of(app).resource(Settings)

"""A rolling restart of two replicas behind a balancer that watches readiness refuses no request."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.cli.migrate import migrate_service
from common.http import Service
from common.settings import Settings, load_settings
from common.settings_database import MigrationSettings
from opsdesk_local import free_port
from opsdesk_testing.tokens import AUDIENCE, ISSUER, signing_key, token
from opsdesk_testing.waiting import until

pytestmark = pytest.mark.thorough

DRAIN_S = 5.0
"""Seconds in which the balancer must notice: it is the test itself, on a machine that it keeps busy."""
PATIENCE_S = 120.0
PROBE_INTERVAL_S = 0.1
SEND_INTERVAL_S = 0.002
SENDERS = 4


class Replica:
    """One process, and what the balancer knows of it."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        management = free_port()
        self.environment = {
            **environment,
            "OPSDESK_PORT": str(self.port),
            "OPSDESK_MANAGEMENT_PORT": str(management),
        }
        self.log = log
        self.is_ready = False
        self.statuses: list[str] = []
        address = f"http://127.0.0.1:{self.port}"
        headers = {"Authorization": f"Bearer {token('anna')}"}
        self.requests = httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE_S)
        self.probes = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{management}", timeout=PATIENCE_S
        )
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (sys.executable, "-m", "smallest", "serve")
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, env=self.environment, stdout=log, stderr=log
            )
        await until(lambda: self.is_ready, seconds=PATIENCE_S)

    async def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            await self.process.wait()

    async def watch(self) -> None:
        """Probe as a balancer does."""
        while True:
            try:
                answer = await self.probes.get("/health/ready")
                self.is_ready = answer.status_code == 200
                self.statuses += [answer.json()["status"]]
            except httpx.TransportError:
                self.is_ready = False
            await asyncio.sleep(PROBE_INTERVAL_S)  # as a balancer: nothing wakes it

    async def close(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await self.requests.aclose()
        await self.probes.aclose()


@pytest.fixture
async def environment_of_replicas(
    service: Service, given: Mapping[str, str], folder: Path
) -> Mapping[str, str]:
    await migrate_service(service, load_settings(MigrationSettings, Settings))
    (folder / "jwks.json").write_text(json.dumps({"keys": [signing_key().as_dict(private=False)]}))
    return {
        **os.environ,
        **given,
        "OPSDESK_ISSUER": ISSUER,
        "OPSDESK_AUDIENCE": AUDIENCE,
        "OPSDESK_DRAIN_S": str(DRAIN_S),
        "PYTHONPATH": str(folder),
        "SMALLEST_INSIDE": str(folder / "inside"),
    }


@asynccontextmanager
async def running(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def send_forever(replicas: list[Replica], outcomes: list[str]) -> None:
    """Send requests to the replicas in turns, as far as they are ready; never twice."""
    for replica in itertools.cycle(replicas):
        if replica.is_ready:
            try:
                outcomes.append(str((await replica.requests.get("/v1/quick/a")).status_code))
            except httpx.TransportError as error:
                outcomes.append(f"{type(error).__name__} {error}")
        await asyncio.sleep(SEND_INTERVAL_S)  # the rate of the load


async def test_a_rolling_restart_refuses_no_request(
    environment_of_replicas: Mapping[str, str], tmp_path: Path
) -> None:
    outcomes: list[str] = []
    async with AsyncExitStack() as stack:
        replicas = [Replica(environment_of_replicas, tmp_path / f"{n}.log") for n in (1, 2)]
        for replica in replicas:
            stack.push_async_callback(replica.close)
        await stack.enter_async_context(running(*(one.watch() for one in replicas)))
        for replica in replicas:
            await replica.start()
        senders = (send_forever(replicas, outcomes) for _ in range(SENDERS))
        await stack.enter_async_context(running(*senders))
        for replica in replicas:
            before = len(outcomes)
            await replica.stop()
            assert len(outcomes) > before, "the other one is answering"
            assert "unready" in replica.statuses
            if replica is not replicas[-1]:
                await replica.start()
    assert set(outcomes) == {"200"}
    assert len(outcomes) > 200
    log = (tmp_path / "1.log").read_text().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    answered = [line for line in lines if line["event"] == "http.request"]
    assert {line["route"] for line in answered} <= {"/v1/quick/{name}", "/health/ready"}
    assert "draining" in {line["event"] for line in lines}

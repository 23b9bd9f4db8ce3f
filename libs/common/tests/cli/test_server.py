"""`serve` in a process of its own: its start, its end, its errors."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest

from common.cli.migrate import migrate_service
from common.http import Service
from common.settings import Settings, load_settings
from opsdesk_testing.tokens import AUDIENCE, ISSUER, signing_key, token
from opsdesk_testing.waiting import until

Process = asyncio.subprocess.Process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def ready(service: Service, given: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """The variables of a start that succeeds."""
    await migrate_service(service, load_settings(Settings))
    (folder / "jwks.json").write_text(json.dumps({"keys": [signing_key().as_dict(private=False)]}))
    if not (may_end := folder / "may_end").exists():
        os.mkfifo(may_end)
    own = {
        "OPSDESK_ISSUER": ISSUER,
        "OPSDESK_AUDIENCE": AUDIENCE,
        "PYTHONPATH": str(folder),
        "SMALLEST_INSIDE": str(folder / "inside"),
        "SMALLEST_MAY_END": str(may_end),
    }
    return {**os.environ, **given, **own, "OPSDESK_PORT": str(free_port())}


async def start(
    environment: Mapping[str, str], output: IO[bytes] | int = asyncio.subprocess.PIPE
) -> Process:
    command = (sys.executable, "-m", "smallest", "serve")
    return await asyncio.create_subprocess_exec(
        *command, env=dict(environment), stdout=output, stderr=asyncio.subprocess.STDOUT
    )


@asynccontextmanager
async def serving(environment: Mapping[str, str]) -> AsyncIterator[Process]:
    process = await start(environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def output_of(process: Process) -> str:
    async with asyncio.timeout(30):
        out, _ = await process.communicate()
    return out.decode()


@asynccontextmanager
async def answering(environment: Mapping[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client, once the process answers."""
    address = f"http://127.0.0.1:{environment['OPSDESK_PORT']}"
    headers = {"Authorization": f"Bearer {token('anna')}"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        await until(lambda: _answers(client), 30)
        yield client


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/live")).is_success
    except httpx.ConnectError:
        return False


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).is_success
    except httpx.TransportError:
        return False


async def _is_unready(client: httpx.AsyncClient) -> bool:
    return not await _is_ready(client)


async def test_what_is_running_at_sigterm_is_still_answered(ready: Mapping[str, str]) -> None:
    async with serving(ready) as process, answering(ready) as client:
        running = asyncio.create_task(client.get("/v1/slow"))
        sign = Path(ready["SMALLEST_INSIDE"])  # the request is being worked on
        await until(lambda: asyncio.to_thread(sign.exists))
        process.send_signal(signal.SIGTERM)
        await until(lambda: _is_unready(client))
        await asyncio.to_thread(Path(ready["SMALLEST_MAY_END"]).write_bytes, b"")
        answer = await running
        assert (answer.status_code, answer.json()) == (200, "done")
        log = await output_of(process)
    assert process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in log


async def test_a_taken_port_is_one_sentence(ready: Mapping[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(ready["OPSDESK_PORT"])))
        taken.listen()
        async with serving(ready) as process:
            log = await output_of(process)
    assert process.returncode == 1
    assert f"OPSDESK_PORT={ready['OPSDESK_PORT']} cannot be used" in log
    assert "Traceback" not in log


async def test_a_wrong_password_is_one_sentence(ready: Mapping[str, str]) -> None:
    wrong = ready["OPSDESK_DATABASE_URL"].replace("opsdesk_sla:", "nobody:x")
    async with serving({**ready, "OPSDESK_DATABASE_URL": wrong}) as process:
        log = await output_of(process)
    assert process.returncode == 1
    assert "OPSDESK_DATABASE_URL is refused by PostgreSQL" in log
    assert "Traceback" not in log


async def test_production_does_not_start_on_simulated_time(ready: Mapping[str, str]) -> None:
    async with serving({**ready, "OPSDESK_TIME_MODE": "simulated"}) as process:
        log = await output_of(process)
    assert process.returncode == 1
    assert "OPSDESK_TIME_MODE=simulated needs the simulated sla.now()" in log

"""`serve` in a process of its own: its start, its end, its errors."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO

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

Process = asyncio.subprocess.Process
PATIENCE_S = 120.0
"""Seconds after which what should come has not: a cold machine takes many to start a process."""


@pytest.fixture
async def ready(service: Service, given: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """The variables of a start that succeeds."""
    await migrate_service(service, load_settings(MigrationSettings, Settings))
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
    ports = {"OPSDESK_PORT": str(free_port()), "OPSDESK_MANAGEMENT_PORT": str(free_port())}
    return {**os.environ, **given, **own, **ports}


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
    async with asyncio.timeout(PATIENCE_S):
        out, _ = await process.communicate()
    return out.decode()


@asynccontextmanager
async def answering(environment: Mapping[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client, once the process answers."""
    address = f"http://127.0.0.1:{environment['OPSDESK_PORT']}"
    headers = {"Authorization": f"Bearer {token('anna')}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE_S) as client:
        await until(lambda: _is_ready(environment), PATIENCE_S)
        yield client


def _management(environment: Mapping[str, str]) -> httpx.AsyncClient:
    port = environment["OPSDESK_MANAGEMENT_PORT"]
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S)


async def _is_ready(environment: Mapping[str, str]) -> bool:
    async with _management(environment) as ops:
        try:
            return (await ops.get("/health/ready")).is_success
        except httpx.TransportError:
            return False


async def _is_unready(environment: Mapping[str, str]) -> bool:
    return not await _is_ready(environment)


async def test_what_is_running_at_sigterm_is_still_answered(ready: Mapping[str, str]) -> None:
    async with serving(ready) as process, answering(ready) as client:
        running = asyncio.create_task(client.get("/v1/slow"))
        sign = Path(ready["SMALLEST_INSIDE"])  # the request is being worked on
        await until(lambda: asyncio.to_thread(sign.exists), PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        await until(lambda: _is_unready(ready), PATIENCE_S)
        await asyncio.to_thread(Path(ready["SMALLEST_MAY_END"]).write_bytes, b"")
        answer = await running
        assert (answer.status_code, answer.json()) == (200, "done")
        log = await output_of(process)
    assert process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in log


async def test_a_taken_port_is_one_sentence(ready: Mapping[str, str]) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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


def _processes(pid: int) -> dict[int, int]:
    """The processes whose parent is this one, with their own."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            found[int(entry.parent.name)] = parent
    return {one: parent for one, parent in found.items() if parent == pid}


async def _is_free(environment: Mapping[str, str]) -> bool:
    """Whether nobody listens on the ports any more."""
    for name in ("OPSDESK_PORT", "OPSDESK_MANAGEMENT_PORT"):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(environment[name])))
            except OSError:
                return False
    return True


async def _leads(ops: httpx.AsyncClient) -> bool:
    """Whether the loops work: the relay leads."""
    return "\nopsdesk_relay_is_leader 1.0" in (await ops.get("/metrics")).text


async def test_requests_are_answered_by_a_process_of_their_own(ready: Mapping[str, str]) -> None:
    """Frozen, it holds up neither timers nor what is for ops, which says so."""
    async with serving(ready) as process, answering(ready) as client, _management(ready) as ops:
        assert (await client.get("/v1/quick/a")).status_code == 200
        (requests,) = _processes(process.pid)
        os.kill(requests, signal.SIGSTOP)
        try:
            assert (await ops.get("/health/live")).status_code == 200
            answer = await ops.get("/health/ready")
            assert (answer.status_code, set(answer.json()["not_ready"])) == (503, {"requests"})
            await until(lambda: _leads(ops), PATIENCE_S)
        finally:
            os.kill(requests, signal.SIGCONT)
        await until(lambda: _is_ready(ready), PATIENCE_S)


async def test_the_requests_process_ends_the_replica_when_it_ends(ready: Mapping[str, str]) -> None:
    async with serving(ready) as process, answering(ready):
        (requests,) = _processes(process.pid)
        os.kill(requests, signal.SIGKILL)
        log = await output_of(process)
    assert process.returncode == 1
    assert "requests.ended" in log
    assert await _is_free(ready)


@pytest.mark.long
@pytest.mark.parametrize("silent", ["requests", "loops"])
async def test_a_silent_process_ends_the_replica(ready: Mapping[str, str], silent: str) -> None:
    """With compose and systemd nobody asks whether it lives. It takes as long as silence is waited for."""
    async with serving(ready) as process, answering(ready):
        os.kill(process.pid if silent == "loops" else min(_processes(process.pid)), signal.SIGSTOP)
        assert f"{silent}.silent" in await output_of(process)


async def test_a_killed_replica_leaves_no_process(ready: Mapping[str, str]) -> None:
    """Also when the one that answers is frozen: the kernel ends it."""
    async with serving(ready) as process, answering(ready):
        (requests,) = _processes(process.pid)
        os.kill(requests, signal.SIGSTOP)
        process.kill()
        await process.wait()
        await until(lambda: _is_free(ready), PATIENCE_S)


async def test_metrics_of_both_processes_are_one_page(ready: Mapping[str, str]) -> None:
    async with serving(ready), answering(ready) as client, _management(ready) as ops:
        for _ in range(3):
            await client.get("/v1/quick/a")
        await until(lambda: _leads(ops), PATIENCE_S)
        text = (await ops.get("/metrics")).text
        assert 'route="/v1/quick/{name}",status="200"} 3.0' in text
        lines = [one for one in text.splitlines() if one.startswith("process_resident_memory")]
        assert {one.partition("{")[2].partition("}")[0] for one in lines} == {
            'process="loops"',
            'process="requests"',
        }
        families = [one.split()[2] for one in text.splitlines() if one.startswith("# TYPE")]
        assert len(families) == len(set(families))


async def test_what_is_for_ops_is_not_where_callers_are(ready: Mapping[str, str]) -> None:
    paths = ("/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs", "/docs/plain")
    async with serving(ready), answering(ready) as client, _management(ready) as ops:
        for path in paths:
            assert (await client.get(path)).status_code == 404, path
            assert (await ops.get(path)).status_code == 200, path
        assert "/v1/quick/{name}" in (await ops.get("/openapi.json")).json()["paths"]
        assert (await ops.get("/v1/quick/a")).status_code == 404


async def test_a_second_signal_ends_it_at_once(ready: Mapping[str, str]) -> None:
    async with serving({**ready, "OPSDESK_DRAIN_S": "300"}) as process, answering(ready):
        process.send_signal(signal.SIGTERM)
        await until(lambda: _is_unready(ready), PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        await output_of(process)
    assert process.returncode == 0

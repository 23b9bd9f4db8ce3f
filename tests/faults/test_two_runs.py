"""Two `make run` beside each other, started at the same instant: each has its own of everything."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from opsdesk_local.addresses import Addresses, read_addresses
from opsdesk_local.state import open_state

pytestmark = pytest.mark.long

READY = "Ctrl-C stops everything"
START_TIMEOUT_S = 400.0
"""Seconds for two whole systems, each with its demo company, on two cores."""


class Run:
    """One `python -m opsdesk_local run` with a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.state = open_state(folder)
        if not self.state.downloads.exists():
            self.state.downloads.symlink_to(open_state().downloads)
        self.output_file = folder / "output"
        own = {key: value for key, value in os.environ.items() if not key.startswith("OPSDESK_")}
        with self.output_file.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "opsdesk_local", "run"],
                env=own | {"OPSDESK_STATE": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    def wait(self) -> Addresses:
        """Wait until it is ready."""
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while READY not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < give_up_at, self.output
            time.sleep(0.2)
        return read_addresses(self.state)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def folders() -> Iterator[list[Path]]:
    """Not pytest's own: the user that PostgreSQL runs as could not enter that."""
    with tempfile.TemporaryDirectory(prefix="opsdesk-two-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield [Path(name) / "one", Path(name) / "other"]


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Whatever a test starts is gone after it."""
    started: list[Run] = []
    yield started
    for run in started:
        if run.process.poll() is None:
            run.end()


async def test_two_folders_started_at_once_work_side_by_side(
    folders: list[Path], runs: list[Run]
) -> None:
    runs += [Run(folder) for folder in folders]
    one, other = [await asyncio.to_thread(run.wait) for run in runs]
    assert set(one.services.values()).isdisjoint(other.services.values())
    assert one.smtp != other.smtp
    assert one.kafka != other.kafka
    assert await cluster_id(one.kafka) != await cluster_id(other.kafka)
    tickets = [await open_ticket(addresses, "Only here") for addresses in (one, other)]
    for addresses, ticket in zip((one, other), tickets, strict=True):
        await wait_for_clocks(addresses, ticket)
    for addresses in (one, other):
        assert await foreign_clocks(addresses) == 0
        assert await dead_or_parked(addresses) == 0
    ports = [addresses.services for addresses in (one, other)]
    for run in runs:
        await asyncio.to_thread(run.end)
    again = [Run(folder) for folder in reversed(folders)]
    runs += again
    found = [(await asyncio.to_thread(run.wait)).services for run in again]
    assert found == list(reversed(ports)), "ports stay the same between starts"


async def test_one_folder_started_twice_at_once_runs_once(
    folders: list[Path], runs: list[Run]
) -> None:
    runs += [Run(folders[0]), Run(folders[0])]
    while all(run.process.poll() is None for run in runs):  # noqa: ASYNC110 - a process
        await asyncio.sleep(0.1)
    loser = next(run for run in runs if run.process.poll() is not None)
    winner = next(run for run in runs if run is not loser)
    assert loser.process.returncode == 1
    addresses = await asyncio.to_thread(winner.wait)
    await wait_for_clocks(addresses, await open_ticket(addresses, "Only once"))


async def cluster_id(bootstrap: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


async def open_ticket(addresses: Addresses, title: str) -> str:
    """Open a ticket as anna of the demo company; return its id."""
    token = json.loads(addresses.tokens.read_text())["anna"]
    body = {
        "kind": "incident",
        "title": title,
        "description": "Something is slow.",
        "customer": "acme",
        "priority": "major",
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": title}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        response = await client.post(f"{addresses.services['intake']}/v1/tickets", json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def fetch(addresses: Addresses, query: str, *arguments: object) -> int:
    connection = await asyncpg.connect(addresses.admin_database_url)
    try:
        return int(await connection.fetchval(query, *arguments))
    finally:
        await connection.close()


async def wait_for_clocks(addresses: Addresses, ticket: str) -> None:
    query = "SELECT count(*) FROM sla.clocks WHERE ticket_id = $1::text::uuid"
    async with asyncio.timeout(60):
        while not await fetch(addresses, query, ticket):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


async def foreign_clocks(addresses: Addresses) -> int:
    """The number of clocks of tickets that this intake does not have."""
    return await fetch(
        addresses,
        "SELECT count(*) FROM sla.clocks c"
        " WHERE NOT EXISTS (SELECT FROM intake.tickets t WHERE t.id = c.ticket_id)",
    )


async def dead_or_parked(addresses: Addresses) -> int:
    counts = " + ".join(
        f"(SELECT count(*) FROM {schema}.{table})"
        for schema in ("intake", "sla", "escalation", "delivery_gate")
        for table in ("dead_letters", "parked")
    )
    return await fetch(addresses, f"SELECT {counts}")

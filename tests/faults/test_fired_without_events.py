"""sla cut off from Kafka over a deadline, while the ticket is resolved in time."""

import asyncio
import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from common.persistence.ids import uuid7
from opsdesk_local.service import SERVICES
from tests.faults.agreements import CUSTOMER, PROMISES
from tests.faults.conftest import FaultSite
from tests.faults.snapshots import read_records

SLA = next(service for service in SERVICES if service.name == "sla")
CONSUMER_TIMEOUT_S = 30
"""Seconds that a timer waits for its consumer before it fires without events."""


@pytest.mark.long
async def test_a_breach_fired_without_events_is_withdrawn(one: FaultSite) -> None:
    """Architecture, 6: it fires `fired_without_events`, then says `breach_withdrawn`; replay equals live."""
    sla, intake = one.site.desk.services["sla"], one.site.desk.services["intake"]
    headers = {"Authorization": f"Bearer {one.site.token('anna', 'ops')}"}
    async with httpx.AsyncClient(base_url=intake.url, headers=headers, timeout=10) as client:
        ticket = (await _post(client, "/v1/tickets", _new_ticket()))["id"]
        await one.site.wait_until_settled()
        sla.kill()
        cut_off = one.site.desk.replica(
            SLA, "sla-cut-off", {"OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
        )
        await asyncio.to_thread(cut_off.launch)
        await _post(client, f"/v1/tickets/{ticket}/replies", {"text": "It runs again."})
        resolved = await _post(client, f"/v1/tickets/{ticket}/resolve", {"resolution": "Restart."})
    deadline = datetime.fromisoformat(resolved["opened_at"]) + timedelta(
        seconds=PROMISES["minor"][0]
    )
    assert datetime.fromisoformat(resolved["resolved_at"]) < deadline
    async with asyncio.timeout(PROMISES["minor"][1] + CONSUMER_TIMEOUT_S + 30):
        await _broken(one.site.admin_url, ticket)
    cut_off.kill()
    await asyncio.to_thread(sla.start)
    await one.site.wait_until_settled()
    events = await read_records(one.site.servers.bootstrap, ("opsdesk.clocks",))
    ours = [record for record in events if ticket in record.body]
    broken = [r for r in ours if r.type == "opsdesk.clock.breached.v1"]
    assert broken
    assert all('"fired_without_events": true' in record.body for record in broken)
    withdrawn = [r.subject for r in ours if r.type == "opsdesk.clock.breach_withdrawn.v1"]
    assert sorted(withdrawn) == sorted(record.subject for record in broken)
    assert await asyncio.to_thread(_verified, one) == 0


async def _broken(admin_url: str, ticket: str) -> None:
    """Wait until sla holds both promises of the ticket for broken."""
    connection = await asyncpg.connect(admin_url)
    broken = "SELECT count(*) FROM sla.clocks WHERE ticket_id = $1 AND breached_at IS NOT NULL"
    while await connection.fetchval(broken, UUID(ticket)) < 2:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.5)
    await connection.close()


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(path, json=body, headers={"Idempotency-Key": str(uuid7())})
    assert answer.is_success, answer.text
    answer_body: dict[str, Any] = answer.json()
    return answer_body


def _new_ticket() -> dict[str, Any]:
    return {
        "kind": "incident",
        "title": f"Load {uuid7()}",
        "description": "Resolved in time.",
        "customer": CUSTOMER,
        "priority": "minor",
    }


def _verified(one: FaultSite) -> int:
    """`python -m sla verify`: the exit code; it replays every clock from its stored inputs."""
    environment = os.environ | one.site.desk.environment(SLA)
    command = [sys.executable, "-m", "sla", "verify"]
    return subprocess.run(command, env=environment, timeout=120, check=False).returncode

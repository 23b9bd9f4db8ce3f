"""What waits for people at sla: decisions, signatures of either side, actions of reviews."""

from typing import Any

from fastapi import FastAPI

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting_for_me import list_waiting
from sla.handlers import HANDLERS
from sla_support.company import (
    AMSTERDAM,
    BRIGHTWATER,
    NINE,
    announce_customers,
    promise,
    ticket_opened,
)
from sla_support.outage_scenario import acme_on_monday_evening, at
from sla_support.waivers import request_for_clock

VERSION = {
    "key": "acme-standard",
    "customer": "acme",
    "calendar": AMSTERDAM,
    "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}],
    "valid_from": NINE.isoformat(),
}


async def post(app: FastAPI, who: str, path: str, body: Any = None) -> dict[str, Any]:
    async with client(app, who) as caller:
        answer = await caller.post(path, json=body)
    assert answer.is_success, (path, answer.text)
    return dict(answer.json()) | {"location": answer.headers.get("Location", "")}


async def kinds_for(app: FastAPI, who: str) -> list[str]:
    return [one["kind"] for one in await list_waiting(app, who)]


async def test_a_waiver_waits_for_the_general_manager_until_its_deadline(
    app: FastAPI, database: Database
) -> None:
    """R2"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    async with client(app, "theo") as theo:
        path = await request_for_clock(database, theo)
        decide_by = (await theo.get(path)).json()["decide_by"]
    (item,) = await list_waiting(app, "gina")
    assert (item["kind"], item["customer"]) == ("decide_waiver", "acme")
    assert item["due_at"] == decide_by
    assert await kinds_for(app, "theo") == [], "he asked, and is no general manager"


async def test_an_agreement_waits_for_both_sides_and_then_for_another_than_its_author(
    app: FastAPI, database: Database
) -> None:
    """R1, R4"""
    await promise(database)
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    drafted = await post(app, "theo", "/v1/agreements", VERSION | {"customer_signs": True})
    path = drafted["location"]
    assert await kinds_for(app, "gina") == [], "a draft is nobody's but its author's"
    await post(app, "theo", f"{path}/propose")
    assert await kinds_for(app, "gina") == ["approve_agreement"]
    assert await kinds_for(app, "jan") == ["approve_agreement"]
    assert await kinds_for(app, "britta") == [], "it is made with another customer"
    (item,) = await list_waiting(app, "jan")
    assert "theo" not in item["why"], "who drafted it is among us"
    assert item["first"] is None
    await post(app, "theo", f"{path}/approve")
    assert await kinds_for(app, "gina") == [], "our side has signed; now it is the customer's turn"
    await post(app, "jan", f"{path}/approve")
    assert await kinds_for(app, "jan") == []
    assert await kinds_for(app, "theo") == []
    assert await kinds_for(app, "gina") == ["publish_agreement"]


async def test_maintenance_waits_for_the_customer_until_it_starts(
    app: FastAPI, database: Database
) -> None:
    """R15"""
    await acme_on_monday_evening(database)
    body = {
        "environment": "acme-prod",
        "title": "New disks",
        "starts_at": at(24),
        "ends_at": at(26),
    }
    await post(app, "theo", "/v1/maintenance", body)
    (item,) = await list_waiting(app, "jan")
    assert (item["kind"], item["due_at"]) == ("agree_to_maintenance", "2026-06-02T07:00:00Z")
    assert await kinds_for(app, "theo") == []

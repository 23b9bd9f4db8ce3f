"""Alerts as Alertmanager posts them, and what became of them."""

from datetime import UTC, datetime
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
"""The moment at which the tests of intake begin."""

ALERTMANAGER = "/v1/alerts/alertmanager"
LABELS = {"alertname": "Slow", "customer": "acme", "env": "prod", "severity": "critical"}
ACME = {"customer": "acme", "environment": "acme-prod"}
BRIGHTWATER = {"customer": "brightwater", "environment": "brightwater-prod"}


def alert(fingerprint: str = "f1", status: str = "firing", **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "labels": LABELS,
        "annotations": {"summary": "Checkout p99 over 2s"},
        "startsAt": "2030-01-07T08:30:12.326990857Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2030-01-07T08:50:00Z",
        "fingerprint": fingerprint,
    } | more


def post_of(*alerts: Any, **more: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "g1", "status": "firing", "alerts": list(alerts)} | more


async def post(monitor: AsyncClient, *alerts: dict[str, Any], **more: Any) -> Response:
    return await monitor.post(ALERTMANAGER, json=post_of(*alerts, **more))


async def ticket_of(staff: AsyncClient, key: str) -> dict[str, Any]:
    answer = await staff.get(f"/v1/tickets/{key}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def notes_of(staff: AsyncClient, key: str) -> list[str]:
    """The texts of a ticket's messages; all of them must be internal, since a machine wrote them."""
    items = (await staff.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert {one["visibility"] for one in items} <= {"internal"}
    return [one["text"] for one in items]


async def firing(staff: AsyncClient) -> list[dict[str, Any]]:
    """The alerts that fire, the oldest first."""
    items = (await staff.get("/v1/alerts", params={"firing": True, "limit": 200})).json()["items"]
    return list(reversed(items))


async def all_tickets(staff: AsyncClient) -> list[dict[str, Any]]:
    """All tickets, the oldest first."""
    items = (await staff.get("/v1/tickets", params={"limit": 200})).json()["items"]
    return list(reversed(items))


async def scalar(database: Database, query: str) -> Any:
    async with database.transaction() as tx:
        return await tx.scalar(text(query))


def rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")

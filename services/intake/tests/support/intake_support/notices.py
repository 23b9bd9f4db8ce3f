"""Facts of notices, and what became of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
SCOPE: dict[str, Any] = {"customer_id": None, "customer": "acme", "environment": "acme-prod"}
WINDOW: dict[str, Any] = SCOPE | {
    "at": NINE,
    "service": None,
    "maintenance_id": UUID(int=0x3A1),
    "maintenance": "MNT-3",
    "title": "x",
    "starts_at": NINE + timedelta(days=1),
    "ends_at": NINE + timedelta(days=1, hours=2),
}
OUTAGE: dict[str, Any] = SCOPE | {
    "at": NINE,
    "service": "billing",
    "outage_id": UUID(int=0x3A2),
    "outage": "OUT-7",
    "ticket_id": None,
    "reported_by": "monitoring",
    "effect": "down",
    "started_at": NINE,
    "counts": True,
    "others_open": 0,
}


async def list_notices(who: AsyncClient) -> list[tuple[str, str, str]]:
    """Source, stage and state of the notices, the oldest first."""
    items = (await who.get("/v1/notices")).json()["items"]
    return [(one["source_key"], one["stage"], one["state"]) for one in reversed(items)]


async def list_waiting_kinds(who: AsyncClient) -> list[str]:
    """How each notice waits for them: to be sent, or to be dismissed."""
    items = (await who.get("/v1/waiting-for-me")).json()["items"]
    return [one["kind"] for one in items if one["key"].startswith("NTC-")]

"""Tickets over HTTP, and the events about them."""

from typing import Any

from httpx import AsyncClient, Response

from common.persistence.database import Database
from opsdesk_testing.protocol import outbox_events

DOWN = {"title": "Billing is down", "customer": "acme", "environment": "acme-prod"}

OVER = {
    "to": "second_level",
    "seen": "a stack trace",
    "tried": "a restart",
    "excluded": "the network",
    "asked": "Find the cause.",
    "due_at": "2030-01-08T09:00:00Z",
}
"""A hand-over record to second level."""
TO_PARTNER = OVER | {"to": "partner", "partner": "hosthaven"}


async def open_ticket(who: AsyncClient, **more: Any) -> str:
    """Open a ticket of Acme. Its key."""
    answer = await who.post("/v1/tickets", json=DOWN | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


async def act(who: AsyncClient, key: str, action: str, **body: Any) -> Response:
    """Send an action on a ticket."""
    return await who.post(f"/v1/tickets/{key}/{action}", json=body)


async def event_types(database: Database) -> list[str]:
    """Of each event on `opsdesk.tickets` the last word of its type, in order."""
    return [
        one.type.split(".")[2]
        for one in await outbox_events(database)
        if one.topic == "opsdesk.tickets"
    ]

"""Tickets over HTTP, and the events about them."""

from typing import Any

from httpx import AsyncClient, Response

from common.persistence.database import Database
from opsdesk_testing.protocol import outbox_events

DOWN = {"title": "Billing is down", "customer": "acme", "environment": "acme-prod"}


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

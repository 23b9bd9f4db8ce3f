"""Transcripts of chats over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import AsyncClient, Response

EIGHT = datetime(2030, 1, 7, 8, tzinfo=UTC)


def line(speaker: str, text: str, minute: int, **more: Any) -> dict[str, Any]:
    at = (EIGHT + timedelta(minutes=minute)).isoformat()
    return {"speaker": speaker, "text": text, "at": at} | more


DIALOGUE = [
    line("bot", "Hello, how can I help?", 0, name="Opsy"),
    line("customer", "Billing is down", 1, id="m2"),
    line("agent", "I am looking into it.", 2, person="anna", name="Anna"),
    line("agent", "One moment.", 3, name="A contractor"),
]


async def send(who: AsyncClient, *lines: dict[str, Any], **more: Any) -> Response:
    body = {"source": "website", "id": "c-1", "messages": list(lines)} | more
    return await who.post("/v1/chats", json=body)


async def messages(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await who.get(f"/v1/tickets/{key}/messages")).json()["items"]
    return items

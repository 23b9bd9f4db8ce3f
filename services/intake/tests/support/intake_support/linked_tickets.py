"""Linked systems and tickets over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.client import client

JIRA_FIELDS = {
    "priority": {"blocker": "Highest", "critical": "High", "major": "Medium", "minor": "Low"},
    "state": {"in_progress": "In Progress", "resolved": "Done"},
    "transitions": {"In Progress": "21", "Done": "31"},
    "constants": {"project": {"key": "SUP"}, "issuetype": {"name": "Incident"}},
}


Post = Callable[..., Awaitable[Response]]


async def create_system(
    app: FastAPI, database: Database, kind: str, port: int, key: str = "peer", **more: Any
) -> Response:
    """Create a system, whose address is then that of the fake: the API takes https:// alone."""
    body: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "party": "customer",
        "customer": "acme",
        "base_url": "https://acme.example",
        "webhook_client": "peer-machine",
    }
    if kind == "jira":
        body["fields"] = JIRA_FIELDS
    async with client(app, "theo") as theo:
        made = await theo.post("/v1/linked-systems", json=body | more)
    async with database.transaction() as tx:
        values = {"url": f"http://acme.example:{port}", "key": key}
        await tx.execute(text("UPDATE linked_systems SET base_url = :url WHERE key = :key"), values)
    return made


@dataclass
class Linked:
    """A linked ticket: ours by key, theirs by id."""

    key: str
    id: str
    link: str


async def link(anna: AsyncClient, key: str, system: str = "peer", **more: Any) -> dict[str, Any]:
    answer = await anna.post(f"/v1/tickets/{key}/linked-tickets", json={"system": system} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def links_of(anna: AsyncClient, key: str) -> list[dict[str, Any]]:
    return list((await anna.get(f"/v1/tickets/{key}/linked-tickets")).json()["items"])


async def let_retry(database: Database) -> None:
    """Let holds, leases and pauses be over."""
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "UPDATE linked_sends SET next_try_at = statement_timestamp() WHERE state = 'waiting'"
            )
        )
        await tx.execute(
            text(
                "UPDATE linked_systems SET held_until = statement_timestamp()"
                " WHERE held_until IS NOT NULL"
            )
        )


async def messages_of(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    return list((await who.get(f"/v1/tickets/{key}/messages")).json()["items"])

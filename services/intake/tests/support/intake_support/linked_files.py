"""Files of linked tickets, ours and theirs."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake_support.linked_tickets import JIRA_FIELDS
from intake_support.peers import FakePeer
from intake_support.tickets import act
from intake_support.uploads import uploaded
from opsdesk_testing.client import client

GOOD = "Dear Jan,\n\nThe log is attached.\n\nKind regards"
LOG = b"12:01 FATAL"


async def answer_with(anna: AsyncClient, key: str, **more: Any) -> None:
    """An answer of ours that carries a log."""
    file = await uploaded(anna, LOG, "app 1.log")
    answer = await act(anna, key, "replies", text=GOOD, attachments=[file], **more)
    assert answer.is_success, answer.text


def files_there(peer: FakePeer, id: str) -> list[tuple[str, bytes]]:
    return [(one.name, one.data) for one in peer.files_of(id).values()]


async def set_limit(app: FastAPI, kind: str, most: int) -> None:
    fields = JIRA_FIELDS if kind == "jira" else {}
    body: dict[str, Any] = {"base_url": "https://acme.example", "webhook_client": "peer-machine"}
    async with client(app, "theo") as theo:
        shown = (await theo.get("/v1/linked-systems/peer")).json()
        body["fields"] = {**fields, "max_file_bytes": most}
        changed = await theo.put("/v1/linked-systems/peer", json=body)
        assert changed.status_code == 200, changed.text
        assert changed.json()["fields"]["max_file_bytes"] == most
    assert shown["fields"]["max_file_bytes"] == 25 * 2**20


async def let_reach(database: Database, peer: FakePeer) -> None:
    """Let the system be at the fake again: the API takes https:// alone."""
    async with database.transaction() as tx:
        url = f"http://acme.example:{peer.port}"
        await tx.execute(text("UPDATE linked_systems SET base_url = :url"), {"url": url})

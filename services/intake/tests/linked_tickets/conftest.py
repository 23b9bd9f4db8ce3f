"""A linked system of each kind, its fake, and the sender that reaches it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.http import runtime_of
from common.now import now
from common.persistence.database import Database
from intake.app import SERVICE
from intake.files.configured_storage import storage_of
from intake.files.storage import FileStorage
from intake.linked_tickets.accounts import Accounts
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake.linked_tickets.peer_client import PeerClient
from intake.settings import IntakeSettings
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.linked_tickets import Linked, Post, create_system, link, links_of
from intake_support.peer_webhooks import file_webhook, signed, webhook
from intake_support.peers import (
    PASSWORD,
    SECRET,
    USER,
    FakePeer,
    resolve_here,
    running_peer,
)
from intake_support.tickets import open_ticket
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.tokens import token

KINDS = ("servicenow", "jira", "zendesk")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def peer(kind: str) -> AsyncIterator[FakePeer]:
    async with running_peer(kind) as peer:
        yield peer


@pytest.fixture
def accounts_file(tmp_path: Path) -> Path:
    account = {"host": "acme.example", "user": USER, "password": PASSWORD, "webhook_secret": SECRET}
    path = tmp_path / "linked_systems.json"
    path.write_text(json.dumps({"peer": account, "other": account}))
    return path


@pytest.fixture
async def app(database: Database, accounts_file: Path, app: FastAPI) -> AsyncIterator[FastAPI]:
    settings = settings_for(IntakeSettings, database.url, linked_systems_file=str(accounts_file))
    app = app_for(SERVICE, database, settings=settings)
    yield app
    await runtime_of(app).resource(TicketBatcher).close()


@pytest.fixture
def storage(database: Database) -> FileStorage:
    """The storage of the app's settings."""
    return storage_of(settings_for(IntakeSettings, database.url))


@pytest.fixture
def sender(database: Database, accounts_file: Path, storage: FileStorage) -> LinkedTicketSender:
    there = PeerClient(resolve_here, lambda _: True)
    return LinkedTicketSender(database, there, Accounts(str(accounts_file)), storage)


@pytest.fixture
async def system(
    app: FastAPI, anna: AsyncClient, database: Database, kind: str, peer: FakePeer
) -> str:
    made = await create_system(app, database, kind, peer.port)
    assert made.status_code == 201, made.text
    return "peer"


@pytest.fixture
async def post(app: FastAPI, kind: str, system: str) -> Post:
    """Posts a webhook as the system would, signed; `event` names it."""

    async def post_webhook(id: str, event: str, secret: str = SECRET, **values: str) -> Response:
        return await _post(app, system, kind, webhook(kind, id, event, **values), secret)

    return post_webhook


@pytest.fixture
async def post_file(app: FastAPI, kind: str, system: str, peer: FakePeer) -> Post:
    """Posts that a file is attached there; `event` names that."""

    async def post_webhook(id: str, event: str, file: str) -> Response:
        one = peer.files[file]
        body = file_webhook(kind, webhook(kind, id, event), file, one.name, one.media_type)
        return await _post(app, system, kind, body, SECRET)

    return post_webhook


@pytest.fixture
async def post_raw(app: FastAPI, kind: str, system: str) -> Post:
    """Posts bytes as the system would, signed."""

    async def post_bytes(raw: bytes) -> Response:
        return await _post_raw(app, system, kind, raw, SECRET)

    return post_bytes


async def _post(app: FastAPI, system: str, kind: str, body: Any, secret: str) -> Response:
    return await _post_raw(app, system, kind, json.dumps(body).encode(), secret)


async def _post_raw(app: FastAPI, system: str, kind: str, raw: bytes, secret: str) -> Response:
    headers = signed(kind, raw, now().isoformat(), secret)
    headers["Authorization"] = f"Bearer {token('peer-machine', scope='linked-tickets:write')}"
    async with client(app, None) as machine:
        address = f"/v1/linked-systems/{system}/webhook"
        return await machine.post(address, content=raw, headers=headers)


@pytest.fixture
async def linked(
    anna: AsyncClient, sender: LinkedTicketSender, peer: FakePeer, system: str
) -> Linked:
    """A ticket with its counterpart."""
    key = await open_ticket(anna, priority="major", description="Since noon.")
    made = await link(anna, key)
    assert made["state"] == "creating"
    await sender.send_due()
    (shown,) = await links_of(anna, key)
    assert shown["state"] == "linked", shown
    return Linked(key, shown["remote_id"], shown["id"])

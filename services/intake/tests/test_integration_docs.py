"""What docs/integrate says to run runs, with curl against a served intake."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.http import runtime_of
from common.http.guarded_protocol import ConnectionBounds
from common.persistence.database import Database
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.tickets import act, open_ticket
from intake_support.uploads import app_with_storage
from opsdesk_testing.client import client
from opsdesk_testing.integration_docs import blocks, run_script
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.raw_http import bounded_server
from opsdesk_testing.tokens import token

FORM = {
    "key": "access",
    "title": "Access",
    "service": "billing",
    "schema": {
        "type": "object",
        "required": ["system"],
        "properties": {"system": {"enum": ["billing"]}, "why": {"type": "string"}},
    },
}
CALLERS: dict[str, dict[str, Any]] = {
    "portal": {"as_": "portal", "scope": "portal", "roles": []},
    "mail": {"as_": "gateway", "scope": "emails:write", "roles": []},
    "chat": {"as_": "chatbot", "scope": "chats:write", "roles": []},
    "telephone": {"as_": "pbx", "scope": "callers:read", "roles": []},
    "contacts": {"as_": "anna", "roles": ["ops"]},
    "directory": {"as_": "anna", "roles": ["ops"]},
    "monitor": {"as_": "prometheus", "scope": "alerts:write", "roles": []},
}


ELSEWHERE = {"oncall"}
"""What another service answers, whose tests run it."""
DECISIONS = {
    "solved": '"consequence":"none"',
    "followon": '"kind":"incident"',
    "escalate": '"due_at"',
    "estimate": '"decision":"approved"',
    "articles": '"Invoices are not sent"',
}
"""What a customer decides on something that is there already, and what the answer says."""


def params(*pages: str) -> list[Any]:
    found = [
        block
        for page in pages
        for block in blocks(page)
        if block.name not in ELSEWHERE | DECISIONS.keys()
    ]
    return [pytest.param(*one, id=f"{one.name}-{index}") for index, one in enumerate(found)]


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[FastAPI]:
    await freeze_time(database, datetime(2030, 1, 7, 9, tzinfo=UTC))
    app = app_with_storage(database, f"file://{tmp_path}/attachments")
    yield app
    await runtime_of(app).resource(TicketBatcher).close()


@pytest.mark.parametrize(("caller", "script"), params("portal", "gateway", "monitors"))
async def test_what_the_page_says_to_run_runs(
    app: FastAPI, anna: AsyncClient, caller: str, script: str
) -> None:
    async with client(app, "theo", roles=["tom"]) as theo:
        assert (await theo.post("/v1/request-forms", json=FORM)).status_code == 201
    async with bounded_server(ConnectionBounds(20), app) as port:
        answer = await _run(script, port, CALLERS[caller])
    assert '"type":"urn:opsdesk:error' not in answer
    assert answer.count("{") > 0


@pytest.mark.parametrize(("decision", "answer"), DECISIONS.items())
async def test_what_a_customer_decides_runs(
    app: FastAPI,
    database: Database,
    anna: AsyncClient,
    omar: AsyncClient,
    decision: str,
    answer: str,
) -> None:
    (script,) = (one.script for one in blocks("portal") if one.name == decision)
    closed = await _closed(anna, omar)
    await freeze_time(database, datetime(2030, 6, 7, 9, tzinfo=UTC))
    change = await open_ticket(anna, kind="change_request", nature="adaptive", title="Currency")
    estimate = {"estimate_seconds": 7200}
    assert (await omar.put(f"/v1/change-requests/{change}/estimate", json=estimate)).is_success
    article = {"title": "Invoices are not sent", "body": "Start the sender.", "language": "en"}
    written = (await anna.post("/v1/articles", json=article | {"audience": "customer"})).json()
    publish = f"/v1/articles/{written['key']}/publish"
    assert (await omar.post(publish, json={"version": 1})).status_code == 200
    tickets = {
        "SOLVED": await _closed(anna, omar),
        "CLOSED": closed,
        "OPEN": await open_ticket(anna),
        "CHANGE": change,
    }
    async with bounded_server(ConnectionBounds(20), app) as port:
        assert answer in await _run(script, port, CALLERS["portal"], tickets)


async def _closed(anna: AsyncClient, omar: AsyncClient) -> str:
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="Restarted")
    await act(omar, key, "verify")
    assert (await act(anna, key, "close")).status_code == 200
    return key


async def _run(
    script: str, port: int, caller: dict[str, Any], tickets: Mapping[str, str] | None = None
) -> str:
    claims = dict(caller)
    environment = {
        "INTAKE": f"http://127.0.0.1:{port}",
        "TOKEN": token(claims.pop("as_"), **claims),
        "CONTACT": "jan@acme.example",
        **(tickets or {}),
    }
    return await run_script(script, environment)

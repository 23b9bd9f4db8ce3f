"""What docs/integrate says to run runs, with curl against a served intake."""

from collections.abc import AsyncIterator
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
    "monitor": {"as_": "prometheus", "scope": "alerts:write", "roles": []},
}


ELSEWHERE = {"oncall"}
"""What another service answers, whose tests run it."""


def params(*pages: str) -> list[Any]:
    found = [block for page in pages for block in blocks(page) if block.name not in ELSEWHERE]
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


async def _run(script: str, port: int, caller: dict[str, Any]) -> str:
    claims = dict(caller)
    environment = {
        "INTAKE": f"http://127.0.0.1:{port}",
        "TOKEN": token(claims.pop("as_"), **claims),
        "CONTACT": "jan@acme.example",
    }
    return await run_script(script, environment)

"""Of a customer who left the history is taken, and nothing is opened for them."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events

ENDED = "it is open there and acme was ended, so nobody would work on it: close it there, then send it again"
NAMED: dict[str, dict[str, Any]] = {
    "by the parameter": {},
    "by the record": {"organization": {"name": "Acme"}},
    "by a contact": {"requester": {"email": "jan@acme.example"}},
}


def _record(id: int, status: str, more: dict[str, Any]) -> str:
    at = {"created_at": "2026-01-05T09:15:00Z", "updated_at": "2026-01-06T16:00:00Z"}
    row = {"id": id, "subject": "Down", "description": "Down", "status": status, "comments": []}
    return json.dumps(row | at | more)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("named", NAMED.values(), ids=list(NAMED))
async def test_history_is_taken_and_nothing_is_opened(
    app: FastAPI,
    anna: AsyncClient,
    omar: AsyncClient,
    database: Database,
    named: dict[str, Any],
    dry_run: bool,
) -> None:
    assert (await anna.post("/v1/customers/acme/end", json={"reason": "Gone"})).is_success
    assert (await omar.post("/v1/customers/acme/end/confirm")).is_success
    body = "\n".join((_record(1, "closed", named), _record(2, "open", named)))
    async with client(app, "theo", roles=["tom"]) as theo:
        answer = await theo.post(
            "/v1/imports/tickets",
            params={"source": "zendesk", "customer": "acme", "dry_run": dry_run},
            content=body,
            headers={"Content-Type": "application/x-ndjson"},
        )
    report = answer.json()
    assert (report["imported"], report["refused"]) == (1, 1), report
    refused = [one for one in report["items"] if one["outcome"] == "refused"]
    assert [(one["external_id"], one["remarks"]) for one in refused] == [("2", [ENDED])]
    types = [one.type for one in await outbox_events(database) if one.topic == "opsdesk.tickets"]
    assert types == ([] if dry_run else ["opsdesk.ticket.known.v1"])

"""The other side refuses to sign a version, and says why."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events
from sla_support.company import ACME, AMSTERDAM, BRIGHTWATER, announce_customers

AGREEMENTS = "/v1/agreements"
BODY: dict[str, Any] = {
    "key": "acme-standard",
    "customer": "acme",
    "calendar": AMSTERDAM,
    "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}],
    "valid_from": "2026-01-01T00:00:00Z",
    "customer_signs": True,
}


async def test_the_customer_declines_with_a_reason_that_our_side_reads(
    database: Database, app: FastAPI, theo: AsyncClient, jan: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    made = await theo.post(AGREEMENTS, json=BODY)
    address = made.headers["Location"]
    await theo.post(address + "/propose")
    await theo.post(address + "/approve")
    no = {"reason": "Eight hours are long."}
    async with client(app, "britta") as stranger:
        assert (await stranger.post(address + "/decline", json=no)).status_code == 404
    assert (await jan.post(address + "/decline", json={"reason": ""})).status_code == 422
    declined = await jan.post(address + "/decline", json=no)
    assert (declined.status_code, declined.json()["state"]) == (200, "draft")
    assert declined.json()["approved"] is None
    assert "drafted_by" not in declined.json()
    assert (await jan.get(address)).status_code == 404
    (comment,) = (await theo.get(address + "/comments")).json()["items"]
    assert (comment["comment"], comment["side"]) == (no["reason"], "counterparty")
    late = await theo.post(address + "/decline", json=no)
    assert (late.status_code, late.json()["code"]) == (409, "WRONG_STATE")
    assert [one.type for one in await outbox_events(database)][-1] == "opsdesk.agreement.revised.v1"

"""The other side refuses to sign a version, and says why."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events
from opsdesk_testing.waiting_for_me import list_waiting
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


async def test_its_author_is_told_until_the_version_is_changed_proposed_again_or_withdrawn(
    database: Database, app: FastAPI, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    made = await theo.post(AGREEMENTS, json=BODY)
    address, no = made.headers["Location"], {"reason": "Eight hours are long."}
    terms = {name: value for name, value in BODY.items() if name not in {"key", "customer"}}
    steps: tuple[tuple[AsyncClient, Callable[[], Awaitable[Response]]], ...] = (
        (jan, lambda: theo.put(address, json=terms)),
        (gina, lambda: theo.post(address + "/propose")),
        (jan, lambda: theo.post(address + "/withdraw")),
    )
    for side, act in steps:
        await theo.post(address + "/propose")
        assert await _waiting_for(app, "theo") == []
        declined = await side.post(address + "/decline", json=no)
        assert declined.status_code == 200, declined.text
        assert await _waiting_for(app, "theo") == ["acme-standard, version 1"]
        assert await _waiting_for(app, "gina") == [], "it is the work of its author"
        assert (await act()).is_success
        assert await _waiting_for(app, "theo") == []


async def test_of_an_author_who_has_left_everybody_who_writes_agreements_is_waiting_for(
    database: Database, app: FastAPI, theo: AsyncClient, jan: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    address = (await theo.post(AGREEMENTS, json=BODY)).headers["Location"]
    await theo.post(address + "/propose")
    await jan.post(address + "/decline", json={"reason": "Eight hours are long."})
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE people SET retired = true WHERE sub = 'theo'"))
    assert await _waiting_for(app, "gina") == ["acme-standard, version 1"]
    assert await _waiting_for(app, "anna") == [], "she does not write agreements"


async def _waiting_for(app: FastAPI, who: str) -> list[str]:
    """The titles of the declined versions that wait for somebody."""
    waiting = await list_waiting(app, who)
    return [one["title"] for one in waiting if one["kind"] == "change_declined_agreement"]

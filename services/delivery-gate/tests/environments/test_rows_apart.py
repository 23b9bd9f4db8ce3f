"""A query that forgets whose environments it is about answers nothing of others (R4)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.auth import Caller
from common.events.directory import EnvironmentKnown
from delivery_gate.environments import store
from delivery_gate_support.gate_client import GateClient
from opsdesk_testing.row_walls import readable_tables, rows_without_where


async def theirs(gate: GateClient) -> None:
    """An environment of Brightwater, with something that runs on it."""
    id = UUID(int=0xB01)
    known = EnvironmentKnown(
        at=await _now(gate),
        environment_id=id,
        environment="brightwater-prod",
        customer_id=UUID(int=0xB0),
        customer="brightwater",
        tier="production",
        name="Production",
    )
    await gate.deliver_event(known)
    async with gate.database.transaction() as tx:
        await tx.execute(
            text("INSERT INTO running VALUES (:id, 'billing', 'sha256:b')"), {"id": id}
        )


async def _now(gate: GateClient) -> Any:
    async with gate.database.transaction() as tx:
        return await tx.scalar(text("SELECT delivery_gate.now()"))


async def test_a_route_that_forgets_the_customer_shows_the_own_alone(
    gate: GateClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await theirs(gate)
    page = store.page

    async def page_of_all(tx: Any, _customer: str | None, *rest: Any) -> Any:
        return await page(tx, None, *rest)

    monkeypatch.setattr(store, "page", page_of_all)
    monkeypatch.setattr(Caller, "can_see", lambda *_: True)
    listed = (await gate.get_ok("jan", "environments"))["items"]
    assert [one["key"] for one in listed] == ["acme-prod", "acme-staging"]
    assert (await gate.get("jan", "environments/brightwater-prod")).status_code == 404
    assert len((await gate.get_ok("anna", "environments"))["items"]) == 3


async def test_without_any_where_a_contact_reads_the_own_rows(gate: GateClient) -> None:
    await theirs(gate)
    tables = await readable_tables(gate.database)
    assert {name for name, is_apart in tables.items() if not is_apart} == {"simulated_time"}
    rows = await rows_without_where(gate.database, "brightwater")
    assert (len(rows["environments"]), len(rows["running"])) == (1, 1)
    assert all("acme" not in one for texts in rows.values() for one in texts)

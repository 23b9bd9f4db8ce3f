"""What the database itself shows to a partner's person, whatever a query asks (R4)."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import true

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.row_walls import all_rows_of, as_partner, rows_without_where_of_partner
from sla.agreements.store import agreements
from sla.clocks.routes import clocks as clock_routes
from sla_support.partner_scene import Scene, make_scene


@pytest.fixture
async def scene(app: FastAPI, database: Database) -> Scene:
    return await make_scene(database)


@pytest.fixture
async def hosthaven(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "hosthaven") as caller:
        yield caller


async def test_a_forgotten_where_shows_a_partner_nothing_of_others(
    scene: Scene, database: Database
) -> None:
    """The second wall: the rows of own contracts, and what is nobody's."""
    rows = await rows_without_where_of_partner(database, "hosthaven")
    assert len(rows["clocks"]) == 4
    assert len(rows["tickets"]) == 2
    assert [one for one in rows["agreements"] if "otherhost" in one or "acme" in one] == []
    of_nobody = {"calendars", "services", "service_versions", "simulated_time", "people"}
    own = {
        "agreement_versions", "agreements", "clock_figures", "clock_inputs", "clocks", "dirty_days",
        "partners", "ticket_state_changes", "tickets", "time_figures", "time_sums",
    }  # fmt: skip
    assert {table for table, found in rows.items() if found} <= of_nobody | own
    assert await all_rows_of(database, "customers"), "there are customers to be seen"
    with as_partner("nobody"):
        async with database.transaction() as tx:
            assert await agreements.list_page(tx, None, 10, None) == []


async def test_a_partner_changes_no_row(scene: Scene, database: Database) -> None:
    """Its policies are for reading: contacts of customers may sign with the same role."""
    with as_partner("hosthaven"):
        async with database.transaction() as tx:
            (version,) = await agreements.list_page(tx, None, 10, None)
            await agreements.save_lifecycle(tx, version.agreement.id, version.lifecycle)
            sequence = "UPDATE agreements SET sequence = sequence + 1 RETURNING id"
            assert (await tx.exec_driver_sql(sequence)).all() == []


async def test_clocks_without_their_check(
    scene: Scene, hosthaven: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_routes, "_can_see", lambda *_: True)
    monkeypatch.setattr(agreements, "visible_to", lambda _: true())
    for id in (scene.of_other_partner, scene.of_customer):
        assert (await hosthaven.get(f"/v1/clocks/{id}")).status_code == 404
    listed = (await hosthaven.get("/v1/agreements")).json()["items"]
    assert [one["key"] for one in listed] == ["hosthaven-standard"]

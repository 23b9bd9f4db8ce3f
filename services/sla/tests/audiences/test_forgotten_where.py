"""A query that forgets whose rows it is about answers nothing of others: the second wall (R4).

The first one, a condition in the query or a check in the route, is taken away here on purpose.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text, true

from common.auth import Caller
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from opsdesk_testing.row_walls import as_contact_of, readable_tables
from sla.agreements.store import agreements
from sla.clocks.routes import clocks as clock_routes
from sla.handlers import HANDLERS
from sla.outages.store import visibility
from sla.reviews.store import reviews
from sla.timers import TIMERS
from sla_support.company import (
    ACME,
    BRIGHTWATER,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_opened,
)
from sla_support.outages import add_outage
from sla_support.review_month import DAY, JULY, explain_breaches

WITHOUT_ROWS = {"calendars", "service_versions", "services", "simulated_time"}
"""Tables that contacts read as a whole: no row of them is one customer's (decision 0801)."""
BRIGHTWATERS: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}


@pytest.fixture(autouse=True)
async def both_customers(app: FastAPI, database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await promise(database, (BRIGHTWATER, "brightwater"), metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2, **BRIGHTWATERS), 1))


async def test_every_table_that_contacts_read_keeps_its_rows_apart(database: Database) -> None:
    tables = await readable_tables(database)
    assert {name for name, is_apart in tables.items() if not is_apart} == WITHOUT_ROWS
    assert len(tables) > 30


async def test_agreements_without_their_condition(
    jan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreements, "visible_to", lambda _: true())
    listed = (await jan.get("/v1/agreements")).json()["items"]
    assert [one["key"] for one in listed] == ["acme-standard"]
    assert (await jan.get("/v1/agreements/brightwater-standard")).status_code == 404


async def test_clocks_without_their_check(
    jan: AsyncClient, theo: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybodys = (await theo.get("/v1/clocks")).json()["items"]
    monkeypatch.setattr(clock_routes, "_can_see", lambda *_: True)
    for clock in everybodys:
        expected = 200 if clock["ticket"] == "OPS-1" else 404
        assert (await jan.get(f"/v1/clocks/{clock['id']}")).status_code == expected
        assert (await jan.get(f"/v1/clocks/{clock['id']}/explanation")).status_code == expected


async def test_reviews_without_their_filter(
    database: Database, dana: AsyncClient, jan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in (NINE + 3 * DAY, JULY):
        await freeze_time(database, at)
        await fire_due(database, TIMERS)
        for number in (1, 2, 3):
            await explain_breaches(database, number)
    for customer in ("acme", "brightwater"):
        assert (await dana.post(f"/v1/reviews/{customer}-2026-06/publish")).status_code == 200
    page = reviews.page

    async def page_of_all(tx: Any, _customer: str | None, *rest: Any) -> Any:
        return await page(tx, None, *rest)

    monkeypatch.setattr(reviews, "page", page_of_all)
    monkeypatch.setattr(Caller, "can_see", lambda *_: True)
    listed = (await jan.get("/v1/reviews")).json()["items"]
    assert [one["customer"] for one in listed] == ["acme"]
    assert (await jan.get("/v1/reviews/brightwater-2026-06")).status_code == 404
    assert (await jan.get("/v1/reviews/acme-2026-06")).status_code == 200


async def test_outages_without_their_condition(
    database: Database, jan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await add_outage(database, NINE, NINE + HOUR, ACME, "acme-prod")
    theirs = await add_outage(database, NINE, NINE + HOUR, BRIGHTWATER, "brightwater-prod")

    async def staff(*_: object) -> visibility.Visibility:
        return visibility.Visibility()

    monkeypatch.setattr(visibility, "for_customer", staff)
    listed = (await jan.get("/v1/outages")).json()["items"]
    assert [one["key"] for one in listed] == [own.key]
    assert (await jan.get(f"/v1/outages/{theirs.key}")).status_code == 404


async def test_a_contact_s_look_at_the_status_hides_nothing_from_staff(
    database: Database, jan: AsyncClient, theo: AsyncClient
) -> None:
    """The cache of availability is filled by whoever asks first, of their own customer alone."""
    await announce_customers(database, (ACME, "acme"))
    (own,) = (await jan.get("/v1/status")).json()["lines"]
    assert own["customer"] == "acme"
    assert {one["customer"] for one in (await theo.get("/v1/status")).json()["lines"]} == {
        "acme",
        "brightwater",
    }


async def test_the_service_s_own_plans_know_nothing_of_it(database: Database) -> None:
    """Its policy is `true`: a condition that is not leakproof finds its index, as before."""
    query = (
        "EXPLAIN SELECT FROM agreement_versions WHERE published_at IS NOT NULL"
        " AND customers && ARRAY['00000000-0000-0000-0000-0000000000ac'::uuid]"
    )
    async with database.transaction() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await tx.scalars(text(query)))
    assert "ix_agreement_versions_customers" in plan
    assert "Filter" not in plan
    with as_contact_of("acme"):
        async with database.transaction() as tx:
            plan = "\n".join(await tx.scalars(text(query)))
    assert "Filter" in plan

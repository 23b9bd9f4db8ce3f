"""What the queue shows on demand: by promise, by who works on it, and one row for each ticket."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.directory import TeamKnown
from common.events.tickets import (
    TicketAssigned,
    TicketClosed,
    TicketForwarded,
    TicketOnHold,
    TicketResolved,
    TicketVerified,
)
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import violation_pointers
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin

DAY = timedelta(days=1)


async def queue(caller: AsyncClient, query: str = "") -> list[tuple[str, str]]:
    """(ticket, metric) of the whole queue, read page by page."""
    found: list[tuple[str, str]] = []
    cursor = ""
    while True:
        response = await caller.get(f"/v1/clocks?limit=2&{query}{cursor}")
        assert response.status_code == 200, response.text
        page = response.json()
        found += [(one["ticket"], one["metric"]) for one in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


@pytest.fixture
async def three_tickets(database: Database, app: FastAPI) -> None:
    """OPS-1 is a major of eight hours, OPS-2 a critical of four, OPS-3 a minor that waits for the customer."""
    await promise(database)
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, service="billing"), 1),
        (ticket_opened(2, priority="critical"), 1),
        (ticket_opened(3, priority="minor"), 1),
        (
            ticket_event(TicketOnHold, 3, priority="minor", waiting_on="customer", state="on_hold"),
            2,
        ),
    )


@pytest.mark.usefixtures("three_tickets")
async def test_what_is_broken_does_not_stay_on_top_for_ever(
    database: Database, theo: AsyncClient
) -> None:
    """What is ahead, soonest first; what waits; then what has passed, the latest first"""
    ahead = [("OPS-2", "first_response"), ("OPS-1", "first_response"), ("OPS-2", "resolution")]
    paused = await queue(theo, "state=paused")
    assert len(paused) == 2
    assert await queue(theo) == [*ahead, ("OPS-1", "resolution"), *paused]
    await freeze_time(database, NINE + 5 * HOUR)
    await fire_due(database, TIMERS)
    assert await queue(theo) == [
        ("OPS-1", "resolution"),
        *paused,
        ("OPS-2", "resolution"),
        ("OPS-1", "first_response"),
        ("OPS-2", "first_response"),
    ]
    assert (await queue(theo, "sort=due"))[:2] == [
        ("OPS-2", "first_response"),
        ("OPS-1", "first_response"),
    ]


@pytest.mark.usefixtures("three_tickets")
async def test_one_row_for_each_ticket_has_its_next_promise(
    database: Database, theo: AsyncClient
) -> None:
    assert await queue(theo, "per=ticket") == [
        ("OPS-2", "first_response"),
        ("OPS-1", "first_response"),
        (await queue(theo, "state=paused"))[0],
    ]
    await freeze_time(database, NINE + 3 * HOUR)
    await fire_due(database, TIMERS)
    assert (await queue(theo, "per=ticket"))[:2] == [
        ("OPS-2", "resolution"),
        ("OPS-1", "resolution"),
    ]
    await freeze_time(database, NINE + DAY)
    await fire_due(database, TIMERS)
    # All of OPS-1 and OPS-2 have passed: the latest of each.
    assert (await queue(theo, "per=ticket"))[1:] == [
        ("OPS-1", "resolution"),
        ("OPS-2", "resolution"),
    ]
    refused = await theo.get("/v1/clocks?per=ticket&sort=due")
    assert violation_pointers(refused) == ["/query/sort"]


@pytest.mark.usefixtures("three_tickets")
async def test_it_is_filtered_by_what_was_promised(database: Database, theo: AsyncClient) -> None:
    resolutions = [("OPS-2", "resolution"), ("OPS-1", "resolution"), ("OPS-3", "resolution")]
    assert await queue(theo, "metric=resolution") == resolutions
    assert await queue(theo, "service=billing&metric=resolution") == [("OPS-1", "resolution")]
    assert await queue(theo, "agreement=acme-standard&metric=resolution") == resolutions
    start, end = ((NINE + hours * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (3, 5))
    assert await queue(theo, f"due_from={start}&due_before={end}") == [("OPS-2", "resolution")]
    await freeze_time(database, NINE + 5 * HOUR)
    await fire_due(database, TIMERS)
    assert await queue(theo, "breached=true&metric=resolution") == [("OPS-2", "resolution")]
    assert await queue(theo, "breached=false&metric=resolution") == [
        ("OPS-1", "resolution"),
        ("OPS-3", "resolution"),
    ]
    unknown = await theo.get("/v1/clocks?agreement=acme-standart")
    assert violation_pointers(unknown) == ["/query/agreement"]


@pytest.mark.usefixtures("three_tickets")
async def test_it_is_filtered_by_who_works_on_it_as_intake_said_last(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    given: dict[str, Any] = {"assignee": "anna", "state": "in_progress"}
    payments = TeamKnown(
        at=NINE, team_id=UUID(int=0x7E), team="payments", name="Payments", members=["anna"]
    )
    await deliver(
        database,
        HANDLERS,
        (payments, 1),
        (ticket_event(TicketAssigned, 1, team="payments", **given), 2),
        (ticket_event(TicketAssigned, 2, assignee="omar", state="in_progress"), 2),
    )
    ones = [("OPS-1", "first_response"), ("OPS-1", "resolution")]
    assert await queue(theo, "assignee=anna") == ones
    assert await queue(theo, "team=payments") == ones
    assert await queue(theo, "ticket_state=in_progress&metric=resolution") == [
        ("OPS-2", "resolution"),
        ("OPS-1", "resolution"),
    ]
    assert await queue(theo, "ticket_state=on_hold&metric=resolution") == [("OPS-3", "resolution")]
    resolved = ticket_event(TicketResolved, 1, **given | {"state": "resolved"})
    await deliver(database, HANDLERS, (resolved, 3))
    assert await queue(theo, "team=payments&state=stopped&ticket_state=resolved") == ones
    verified = ticket_event(
        TicketVerified, 1, resolved_by="anna", resolved_at=NINE, **given | {"state": "verified"}
    )
    closed = ticket_event(TicketClosed, 1, **given | {"state": "closed"})
    await deliver(database, HANDLERS, (verified, 4), (closed, 5))
    assert await queue(theo, "state=stopped&ticket_state=closed") == ones
    empty = await theo.get("/v1/clocks?assignee=&service=&team=")
    assert set(violation_pointers(empty)) == {"/query/assignee", "/query/service", "/query/team"}
    unknown = await theo.get("/v1/clocks?team=payment")
    assert violation_pointers(unknown) == ["/query/team"]
    assert "there is no team 'payment'; did you mean payments?" in unknown.text
    assert (await theo.get("/v1/clocks?team=second_level")).json()["items"] == []
    for query in ("assignee=anna", "team=payments"):
        assert (await jan.get(f"/v1/clocks?{query}")).status_code == 403
    assert await queue(jan, "metric=resolution&per=ticket") == [
        ("OPS-2", "resolution"),
        ("OPS-3", "resolution"),
    ]


async def test_an_agreement_of_a_partner_is_found_by_their_clocks(
    database: Database, theo: AsyncClient, app: FastAPI
) -> None:
    acme = await promise(database, metrics=("resolution",))
    await underpin(database, acme, "hosthaven")
    forwarded = ticket_event(
        TicketForwarded, 1, to="partner", partner="hosthaven", state="forwarded"
    )
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (forwarded, 2))
    assert await queue(theo, "agreement=hosthaven-standard") == [("OPS-1", "resolution")]
    assert len(await queue(theo, "ticket_state=forwarded")) == 2
    async with client(app, "jan") as jan:
        assert len(await queue(jan, "ticket_state=forwarded&per=ticket")) == 1

"""Clocks, waivers and compliance over HTTP: who sees what, and what is told."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.events.tickets import TicketOnHold, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock, violation_pointers
from sla_support.company import BRIGHTWATER, HOUR, NINE, promise, ticket_event, ticket_opened


async def test_the_queue_stands_in_the_order_in_which_promises_break(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    events = [
        ticket_opened(1, priority="minor"),
        ticket_opened(2, priority="blocker"),
        ticket_opened(3),
    ]
    await deliver(database, HANDLERS, *((event, 1) for event in events))
    waiting = ticket_event(TicketOnHold, 3, NINE + HOUR, waiting_on="customer")
    await deliver(database, HANDLERS, (waiting, 2))
    pages, address = [], "/v1/clocks?limit=1"
    while address:
        page = (await theo.get(address)).json()
        pages += [one["ticket"] for one in page["items"]]
        address = page["next"] and f"/v1/clocks?limit=1&cursor={page['next']}"
    assert pages == ["OPS-2", "OPS-1", "OPS-3"]
    soon = (NINE + 3 * HOUR).isoformat().replace("+00:00", "Z")
    found = (await theo.get(f"/v1/clocks?due_before={soon}&customer=acme")).json()["items"]
    assert [one["ticket"] for one in found] == ["OPS-2"]
    paused = (await theo.get("/v1/clocks?state=paused")).json()["items"]
    assert [one["ticket"] for one in paused] == ["OPS-3"]


async def test_one_clock_tells_its_firings_its_reasons_and_replays(
    database: Database, theo: AsyncClient
) -> None:
    """C8, C9"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 5 * HOUR)
    await fire_due(database, TIMERS)
    await freeze_time(database, NINE + 24 * HOUR)
    address = f"/v1/clocks/{(await resolution_clock(database)).id}"
    shown = await theo.get(address)
    assert shown.headers["ETag"] == '"2"'
    (firing,) = shown.json()["firings"]
    assert (firing["kind"], firing["lag_ms"]) == ("warning_50", 3_600_000)
    why = (await theo.get(address + "/explanation")).json()
    assert [one["reason"] for one in why["intervals"]] == ["counted", "closed_hours", "counted"]
    assert sum(one["elapsed_seconds"] for one in why["intervals"]) == why["elapsed_seconds"]
    replayed = (await theo.post(address + "/replay", json={})).json()
    assert (replayed["identical"], replayed["inputs"]) == (True, 2)
    early = {"as_known_at": NINE.isoformat()}
    assert (await theo.post(address + "/replay", json=early)).json()["firings"] == []
    before = {"as_known_at": (NINE - HOUR).isoformat()}
    assert (await theo.post(address + "/replay", json=before)).status_code == 404
    by_key = (await theo.get("/v1/tickets/OPS-1/clocks")).json()["items"]
    assert [one["id"] for one in by_key] == [shown.json()["id"]]


async def test_a_customer_sees_the_own_clocks_and_no_others(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    await promise(database)
    await promise(database, (BRIGHTWATER, "brightwater"))
    theirs: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2, **theirs), 1))
    mine = (await jan.get("/v1/clocks")).json()["items"]
    assert {one["customer"] for one in mine} == {"acme"}
    assert (await jan.get("/v1/clocks?customer=brightwater")).json()["items"] == []
    clock = (await resolution_clock(database, 2)).id
    for address in (
        f"/v1/clocks/{clock}",
        f"/v1/clocks/{clock}/explanation",
        "/v1/tickets/OPS-2/clocks",
    ):
        assert (await theo.get(address)).status_code == 200
        assert (await jan.get(address)).status_code == 404
    assert (await jan.post(f"/v1/clocks/{clock}/replay", json={})).status_code == 404
    assert (await jan.get("/v1/agreements/brightwater-standard")).status_code == 404
    assert (await jan.get("/v1/agreements/acme-standard")).status_code == 200
    shown = (await jan.get("/v1/reports/customer-compliance?customer=brightwater")).json()
    assert shown["customers"] == []
    assert (await jan.get("/v1/waivers")).status_code == 403
    questions = {"questions": [{"open": {"at": "2026-04-27T10:00:00Z"}}]}
    own, foreign = [
        (await theo.get(f"/v1/agreements/{customer}-standard")).json()["calendar"]
        for customer in ("acme", "brightwater")
    ]
    assert own != foreign
    for calendar in ("office", own):
        answer = await jan.post("/v1/calendars/compute", json=questions | {"calendar": calendar})
        assert answer.json() == {"answers": [{"open": True}]}, answer.text
        assert (await jan.get(f"/v1/calendars/{calendar}")).json()["id"] == own
        for shown in ("chart.svg", "icalendar"):
            assert (await jan.get(f"/v1/calendars/{calendar}/{shown}")).status_code == 200
    hours = (await jan.get("/v1/calendars/office")).json()
    assert hours["definition"]["weekly"]["mon"] == [["08:00", "17:00"]]
    assert hours.keys().isdisjoint({"created_by", "published_by", "source"})
    asked = await jan.post("/v1/calendars/compute", json=questions | {"calendar": foreign})
    assert violation_pointers(asked) == ["/calendar"]
    assert (await jan.get(f"/v1/calendars/{foreign}")).status_code == 404


async def test_compliance_is_raw_and_adjusted(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R2: one met, one broken, one broken with approval"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, *((ticket_opened(number), 1) for number in (1, 2, 3)))
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + HOUR), 2))
    expires = (NINE + 9 * HOUR).isoformat()
    for number, hours in ((2, 7.0), (3, 8.001)):
        clock = (await resolution_clock(database, number)).id
        body = {"clock_id": str(clock), "reason": "The supplier is down", "expires_at": expires}
        requested = await theo.post("/v1/waivers", json=body)
        assert requested.status_code == 201, requested.text
        await freeze_time(database, NINE + hours * HOUR)
        approved = await gina.post(requested.headers["Location"] + "/approve")
        assert approved.json()["late"] is (number == 3)
    await fire_due(database, TIMERS)
    await freeze_time(database, NINE + 9 * HOUR)
    shown = (await theo.get("/v1/reports/customer-compliance")).json()
    assert (shown["met"], shown["breached"], shown["waived"]) == (1, 1, 1)
    assert (round(shown["raw"], 3), round(shown["adjusted"], 3)) == (0.333, 0.667)
    assert shown["customers"][0]["metrics"][0]["metric"] == "resolution"
    breached = [
        one.body for one in await outbox_events(database) if one.type.endswith(".breached.v1")
    ]
    assert sorted(one["approved"] for one in breached) == [False, True]
    await assert_consistent(database)


async def test_a_waiver_needs_a_second_person_who_is_gm(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R2, C11"""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    clock, another = [str((await resolution_clock(database, number)).id) for number in (1, 2)]
    expires = (NINE + 9 * HOUR).isoformat()
    body = {"clock_id": clock, "reason": "The supplier is down", "expires_at": expires}
    own = (await gina.post("/v1/waivers", json=body)).json()
    denied = await gina.post(f"/v1/waivers/{own['key']}/approve", json={})
    assert (denied.status_code, denied.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.post(f"/v1/waivers/{own['id']}/approve", json={})).status_code == 403
    other = (await theo.post("/v1/waivers", json=body | {"clock_id": another})).json()
    refused = await gina.post(f"/v1/waivers/{other['id']}/refuse", json={"reason": "Not this time"})
    assert (refused.json()["state"], refused.json()["decided_by"]) == ("refused", "gina")
    again = await gina.post(f"/v1/waivers/{other['id']}/approve", json={})
    assert again.status_code == 409
    assert (await gina.get("/v1/waivers?state=requested")).json()["items"][0]["id"] == own["id"]
    past = body | {"expires_at": (NINE - HOUR).isoformat()}
    assert violation_pointers(await theo.post("/v1/waivers", json=past)) == ["/expires_at"]
    unknown = body | {"clock_id": str(UUID(int=99))}
    assert violation_pointers(await theo.post("/v1/waivers", json=unknown)) == ["/clock_id"]
    kinds = [one.type for one in await outbox_events(database) if one.subject.startswith("waiver")]
    assert [kind.split(".")[2] for kind in kinds] == [
        "requested",
        "requested",
        "refused",
    ]
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "UPDATE waivers SET state = 'approved', decided_by = requested_by, decided_at = requested_at WHERE state = 'requested'"
                )
            )


async def test_machines_and_strangers_see_nothing(app: FastAPI) -> None:
    async with client(app, "pipeline") as machine, client(app, None) as nobody:
        for address in (
            "/v1/clocks",
            "/v1/agreements",
            "/v1/waivers",
            "/v1/reports/customer-compliance",
        ):
            assert (await machine.get(address)).status_code == 403
            assert (await nobody.get(address)).status_code == 401


async def test_who_decides_on_a_waiver_decides_on_what_they_have_seen(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """If-Match is honoured: 412 shows how it stands, and nothing is decided."""
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    clock = str((await resolution_clock(database)).id)
    body = {"clock_id": clock, "reason": "The supplier is down"}
    body["expires_at"] = (NINE + 9 * HOUR).isoformat()
    address = (await theo.post("/v1/waivers", json=body)).headers["Location"]
    for act in ("approve", "refuse"):
        stale = await gina.post(f"{address}/{act}", headers={"If-Match": '"9"'})
        assert (stale.status_code, stale.json()["present"]["state"]) == (412, "requested")
    seen = (await gina.get(address)).headers["ETag"]
    decided = await gina.post(f"{address}/approve", headers={"If-Match": seen})
    assert decided.json()["state"] == "approved"

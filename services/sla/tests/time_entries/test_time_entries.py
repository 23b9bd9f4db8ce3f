"""Hours and money: booked by staff, corrected by further records, priced by the card of the day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from common.events.change_requests import ChangeRequestBooked, ChangeRequestEstimated
from common.events.tickets import TicketPrioritised
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import find_wrong_figures, recount_all
from sla_support.assertions import violation_pointers
from sla_support.company import BRIGHTWATER, HOUR, NINE, promise, ticket_event, ticket_opened

JUNE = "from=2026-06-01&to=2026-07-01"


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "anna") as caller:
        yield caller


@pytest.fixture(autouse=True)
async def june_tickets(database: Database) -> None:
    """Acme with ten reserved hours a month, and Brightwater with none."""
    await promise(database)
    await promise(database, (BRIGHTWATER, "brightwater"))
    async with database.transaction() as tx:
        ten = '{"reserved_seconds": 36000}'
        await tx.execute(
            text(
                f"UPDATE agreement_versions SET promises = promises || '{ten}' FROM agreements a WHERE a.id = agreement_id AND a.key = 'acme-standard'"
            )
        )
    brightwater: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, service="billing"), 1),
        (ticket_opened(2, **brightwater), 1),
    )


async def create_time_entry(caller: AsyncClient, minutes: int, **overrides: Any) -> dict[str, Any]:
    body = {"ticket": "OPS-1", "minutes": minutes, "day": "2026-06-01"} | overrides
    answer = await caller.post("/v1/time-entries", json=body)
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


async def list_reserved_hours(
    caller: AsyncClient, query: str = "month=2026-06"
) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await caller.get(f"/v1/reports/hours?{query}")).json()["items"]
    return items


async def get_costs(database: Database, caller: AsyncClient, query: str = "") -> dict[str, Any]:
    await recount_all(database)
    report: dict[str, Any] = (await caller.get(f"/v1/reports/costs?{JUNE}&{query}")).json()
    return report


async def test_the_customer_sees_what_is_used_and_left(anna: AsyncClient, jan: AsyncClient) -> None:
    await create_time_entry(anna, 90)
    await create_time_entry(anna, 60, ticket="OPS-2")
    (own,) = await list_reserved_hours(jan)
    assert (own["used_seconds"], own["remaining_seconds"], own["used_ratio"]) == (
        5400,
        30_600,
        0.15,
    )
    assert (own["reserved_seconds"], own["overrun_seconds"], own["warned_at"]) == (36_000, 0, None)
    assert await list_reserved_hours(jan, "customer=brightwater") == []
    assert await list_reserved_hours(anna, "month=2026-05&customer=acme") == [
        own
        | {"month": "2026-05", "used_seconds": 0, "remaining_seconds": 36_000, "used_ratio": 0.0}
    ]
    (later,) = await list_reserved_hours(anna, "month=2026-07")
    assert later["remaining_seconds"] == 36_000


async def test_at_four_fifths_both_sides_are_notified_once_a_month(
    database: Database, anna: AsyncClient
) -> None:
    """R3: warned at 80 % of the reserved hours"""
    await create_time_entry(anna, 479)
    assert await warning_events(database) == []
    await asyncio.gather(*(create_time_entry(anna, 30) for _ in range(4)))
    (warned,) = await warning_events(database)
    assert (warned["agreement"], warned["month"], warned["threshold"]) == (
        "acme-standard",
        "2026-06",
        0.8,
    )
    assert warned["used_seconds"] >= 0.8 * warned["reserved_seconds"]
    (own,) = await list_reserved_hours(anna)
    assert own["warned_at"] is not None
    await freeze_time(database, NINE + timedelta(days=31))
    await create_time_entry(anna, 600, day="2026-07-01")
    assert [one["month"] for one in await warning_events(database)] == ["2026-06", "2026-07"]
    (over,) = await list_reserved_hours(anna, "month=2026-07")
    assert (over["remaining_seconds"], over["overrun_seconds"], over["used_ratio"]) == (0, 0, 1.0)


async def test_an_approved_change_is_booked_on_the_hours_of_its_month(
    database: Database, anna: AsyncClient, jan: AsyncClient
) -> None:
    def booked(month: str | None, seconds: int = 7200) -> ChangeRequestBooked:
        return ticket_event(
            ChangeRequestBooked, 1, booked_on="reserved_hours" if month else "sprint",
            month=month, sprint=None if month else "S1", estimate_seconds=seconds,
        )  # fmt: skip

    await deliver(database, HANDLERS, (booked("2026-06"), 2))
    (own,) = await list_reserved_hours(jan)
    assert (own["booked_seconds"], own["used_seconds"]) == (7200, 0)
    await deliver(database, HANDLERS, (booked("2026-07", 3600), 3))
    assert (await list_reserved_hours(anna, "month=2026-07"))[0]["booked_seconds"] == 3600
    anew = ticket_event(ChangeRequestEstimated, 1, estimate_seconds=60)
    await deliver(database, HANDLERS, (anew, 4), (booked("2026-06"), 5), (booked(None), 6))
    assert [one["booked_seconds"] for one in await list_reserved_hours(jan)] == [0]


async def warning_events(database: Database) -> list[dict[str, Any]]:
    return [
        one.body
        for one in await outbox_events(database)
        if one.type == "opsdesk.reserved_hours.threshold_reached.v1"
    ]


async def test_a_correction_is_a_record_of_its_own(
    database: Database, anna: AsyncClient, theo: AsyncClient
) -> None:
    """R16"""
    first = await create_time_entry(anna, 90)
    address = f"/v1/time-entries/{first['key']}/corrections"
    fewer = await theo.post(address, json={"minutes": 30, "reason": "It was half an hour"})
    assert (fewer.json()["minutes"], fewer.json()["corrects"]) == (-60, first["id"])
    zero = await theo.post(address, json={"minutes": 0, "reason": "Another ticket"})
    assert zero.json()["minutes"] == -30
    same = await theo.post(address, json={"minutes": 0, "reason": "Another ticket"})
    of_correction = f"/v1/time-entries/{zero.json()['key']}/corrections"
    again = await theo.post(of_correction, json={"minutes": 5, "reason": "Why not"})
    assert (same.status_code, again.status_code) == (409, 409)
    assert (await anna.get(f"/v1/time-entries/{first['id']}")).json()["minutes"] == 90
    listed = (await anna.get("/v1/time-entries?ticket=OPS-1&limit=2")).json()
    assert [one["minutes"] for one in listed["items"]] == [90, -60]
    rest = (await anna.get(f"/v1/time-entries?ticket=OPS-1&cursor={listed['next']}")).json()
    assert [one["minutes"] for one in rest["items"]] == [-30]
    assert (await list_reserved_hours(anna))[0]["used_seconds"] == 0
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE time_entries SET minutes = 1"))


async def test_work_is_priced_by_the_sheet_of_its_day(
    database: Database, anna: AsyncClient, theo: AsyncClient, jan: AsyncClient
) -> None:
    await create_time_entry(anna, 90, day="2026-05-20")
    await create_time_entry(anna, 90)
    await create_time_entry(anna, 20, rate="night")
    await create_time_entry(anna, 60, ticket="OPS-2", rate="night")
    unpriced = await get_costs(database, anna)
    assert unpriced["total"] == {"minutes": 170, "unpriced_minutes": 170, "amounts": []}
    general = {"currency": "EUR", "rates": {"standard": 12_000}, "valid_from": "2026-05-01"}
    assert (await theo.post("/v1/rate-cards", json=general)).status_code == 201
    own = general | {"customer": "acme", "rates": {"standard": 9_000}, "valid_from": "2026-06-01"}
    assert (await theo.post("/v1/rate-cards", json=own)).status_code == 201
    both = own | {"rates": {"standard": 9_000, "night": 15_000}, "valid_from": "2026-06-02"}
    assert (await theo.post("/v1/rate-cards", json=both)).status_code == 201
    priced = await get_costs(database, jan)
    assert priced["total"]["amounts"] == [{"currency": "EUR", "amount": "135.00"}]
    assert priced["total"]["unpriced_minutes"] == 20
    by_rate = await get_costs(database, anna, "group_by=rate")
    assert {row["group"]: row["minutes"] for row in by_rate["rows"]} == {
        "standard": 90,
        "night": 80,
    }
    may = (await anna.get("/v1/reports/costs?from=2026-05-01&to=2026-06-01")).json()
    assert may["total"]["amounts"] == [{"currency": "EUR", "amount": "180.00"}]
    assert [wrong async for wrong in find_wrong_figures(database)] == []


async def test_priced_days_keep_their_price(theo: AsyncClient) -> None:
    """A5"""
    card = {"currency": "EUR", "rates": {"standard": 12_000}, "valid_from": "2026-05-01"}
    first = (await theo.post("/v1/rate-cards", json=card)).json()
    assert (first["version"], first["valid_until"]) == (1, None)
    for body, status in (
        (card | {"valid_from": "2026-04-01"}, 409),
        (card | {"valid_from": "2026-05-15"}, 409),
        (card | {"valid_from": "2026-05-15", "customer": "acme"}, 409),
        (card | {"valid_from": "2026-06-01"}, 201),
        (card | {"valid_from": "1066-10-14"}, 422),
        (card | {"rates": {"Über": 1}}, 422),
        (card | {"customer": "nobody"}, 422),
    ):
        assert (await theo.post("/v1/rate-cards", json=body)).status_code == status, body
    listed = (await theo.get("/v1/rate-cards?limit=1")).json()
    assert listed["items"][0]["valid_until"] == "2026-06-01"
    (second,) = (await theo.get(f"/v1/rate-cards?cursor={listed['next']}")).json()["items"]
    assert second["version"] == 2


async def test_work_moves_with_its_tickets_priority(database: Database, anna: AsyncClient) -> None:
    await create_time_entry(anna, 60)
    raised = ticket_event(TicketPrioritised, 1, NINE + HOUR, priority="blocker", previous="major")
    await get_costs(database, anna)
    await deliver(database, HANDLERS, (raised, 2))
    found = await get_costs(database, anna, "group_by=priority")
    assert [(row["group"], row["minutes"]) for row in found["rows"]] == [("blocker", 60)]


async def test_what_cannot_be_booked_is_refused(
    database: Database, anna: AsyncClient, jan: AsyncClient
) -> None:
    body = {"ticket": "OPS-1", "minutes": 30, "day": "2026-06-01"}
    for change, pointer in (
        ({"ticket": "OPS-99"}, "/ticket"),
        ({"minutes": 0}, "/minutes"),
        ({"minutes": 1441}, "/minutes"),
        ({"day": "2026-06-03"}, "/day"),
        ({"day": "0001-01-01"}, "/day"),
    ):
        assert violation_pointers(await anna.post("/v1/time-entries", json=body | change)) == [
            pointer
        ]
    triage = ticket_opened(3, customer_id=None, customer=None, needs_triage=True)
    await deliver(database, HANDLERS, (triage, 1))
    assert (await anna.post("/v1/time-entries", json=body | {"ticket": "OPS-3"})).status_code == 409
    assert (await jan.post("/v1/time-entries", json=body)).status_code == 403
    assert (await anna.get("/v1/time-entries/WRK-99")).status_code == 404
    missing = await anna.post(
        "/v1/time-entries/WRK-99/corrections", json={"minutes": 1, "reason": "none"}
    )
    assert missing.status_code == 404
    assert datetime.fromisoformat((await create_time_entry(anna, 1))["created_at"]) == NINE

"""Maintenance that gets another window: agreed to anew, excused there alone, and announced (R15, C12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from opsdesk_testing.protocol import freeze_time, outbox_events
from sla.outages.domain.maintenance import (
    ANOTHER_WINDOW,
    CANCELLED,
    SELF_APPROVAL,
    STARTED,
    TOO_LATE,
    UNMOVED,
    PlannedMaintenance,
    agree,
    cancel,
    move,
)
from sla.outages.domain.scope import Scope
from sla_support.assertions import violation_pointers
from sla_support.company import ACME, HOUR, NINE
from sla_support.outage_scenario import DAY, JUNE, acme_on_monday_evening, at
from sla_support.outages import add_outage, agree_as_read

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
SCOPE = Scope(ACME, "acme-prod", "billing", "production", "acme")
PLANNED = PlannedMaintenance(
    UUID(int=2), "MW-1", SCOPE, "Disks", NOON, NOON + HOUR, "anna", NOON - DAY
)
BODY = {"environment": "acme-prod", "title": "New disks"}
TUESDAY = 24.0


def _moved(before: PlannedMaintenance = PLANNED, actor: str = "theo") -> PlannedMaintenance:
    moved = move(before, LATER, LATER + HOUR, actor, NOON - HOUR)
    assert isinstance(moved, PlannedMaintenance)
    return moved


def test_what_was_agreed_to_is_not_the_new_window() -> None:
    """R1: else one person would excuse any downtime"""
    agreed = agree(PLANNED, PLANNED.starts_at, PLANNED.ends_at, "omar", NOON - 2 * HOUR)
    assert isinstance(agreed, PlannedMaintenance)
    moved = _moved(agreed)
    assert (moved.starts_at, moved.ends_at, moved.window()) == (LATER, LATER + HOUR, None)
    assert (moved.moved_by, moved.announced_by, moved.sequence) == ("theo", "anna", 3)
    for first in ("anna", "theo"):
        assert agree(moved, moved.starts_at, moved.ends_at, first, NOON) == SELF_APPROVAL
    again = agree(moved, moved.starts_at, moved.ends_at, "omar", NOON)
    assert isinstance(again, PlannedMaintenance)
    window = again.window()
    assert window is not None
    assert (window.start, window.end) == (LATER, LATER + HOUR)
    assert agree(moved, moved.starts_at, moved.ends_at, "omar", LATER) == TOO_LATE


def test_what_has_begun_or_is_over_is_moved_no_more() -> None:
    window = (LATER, LATER + HOUR)
    assert move(PLANNED, *window, "theo", NOON) == STARTED
    assert move(PLANNED, *window, "theo", NOON + HOUR) == CANCELLED
    called_off = cancel(PLANNED, "anna", NOON - HOUR)
    assert isinstance(called_off, PlannedMaintenance)
    assert move(called_off, *window, "theo", NOON - HOUR) == CANCELLED
    same = (PLANNED.starts_at, PLANNED.ends_at)
    assert move(PLANNED, *same, "theo", NOON - HOUR) == UNMOVED
    longer = move(PLANNED, NOON, NOON + 2 * HOUR, "theo", NOON - HOUR)
    assert longer == replace(
        PLANNED, ends_at=NOON + 2 * HOUR, moved_by="theo", moved_at=NOON - HOUR, sequence=2
    )


@pytest.fixture
async def acme(database: Database, app: FastAPI) -> None:
    await acme_on_monday_evening(database)


async def _announced(who: AsyncClient) -> str:
    times = {"starts_at": at(TUESDAY), "ends_at": at(TUESDAY + 2)}
    planned = await who.post("/v1/maintenance", json=BODY | times)
    assert planned.status_code == 201, planned.text
    return planned.headers["Location"]


@pytest.mark.usefixtures("acme")
async def test_downtime_counts_in_the_old_window_and_not_in_the_new_one(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    address = await _announced(theo)
    assert (await agree_as_read(jan, address)).status_code == 200
    window = {"starts_at": at(TUESDAY + 3), "ends_at": at(TUESDAY + 5)}
    assert (await jan.post(f"{address}/move", json=window)).status_code == 403
    moved = await gina.post(f"{address}/move", json=window)
    assert moved.status_code == 403, "who may not announce may not move"
    moved = await theo.post(f"{address}/move", json=window)
    assert (moved.status_code, moved.json()["agreed_at"]) == (200, None)
    assert moved.json()["starts_at"] == "2026-06-02T10:00:00Z"
    assert (await agree_as_read(theo, address)).json()["code"] == "SELF_APPROVAL"
    seen = (await jan.get(address)).json()
    assert (seen["moved_by"], seen["moved_at"] is None) == (None, False)
    assert (await agree_as_read(jan, address)).status_code == 200
    await add_outage(database, NINE + DAY, NINE + DAY + 5 * HOUR, ACME, "acme-prod")
    await freeze_time(database, NINE + DAY + 6 * HOUR)
    found = (await theo.get(JUNE)).json()
    assert (found["down_seconds"], found["excluded_seconds"]) == (3 * 3600, 2 * 3600)
    assert (await theo.post(f"{address}/move", json=_from(50))).json()["code"] == "ALREADY_OVER"
    events = [one for one in await outbox_events(database) if one.subject.startswith("maintenance")]
    kinds = [one.type.split(".")[2] for one in events]
    assert kinds == ["announced", "agreed", "moved", "agreed"]


def test_who_read_another_window_has_not_agreed_to_this_one() -> None:
    """R15"""
    moved = move(PLANNED, LATER, LATER + HOUR, "theo", NOON - HOUR)
    assert isinstance(moved, PlannedMaintenance)
    read = PLANNED.starts_at, PLANNED.ends_at
    assert agree(moved, *read, "omar", NOON - HOUR) == ANOTHER_WINDOW
    longer = moved.starts_at, moved.ends_at + HOUR
    assert agree(moved, *longer, "omar", NOON - HOUR) == ANOTHER_WINDOW


@pytest.mark.usefixtures("acme")
async def test_moved_under_the_eyes_of_who_agrees_it_is_not_agreed_to(
    theo: AsyncClient, jan: AsyncClient
) -> None:
    """R15: the customer is shown the window that it has now"""
    address = await _announced(theo)
    read = (await jan.get(address)).json()
    window = {name: read[name] for name in ("starts_at", "ends_at")}
    moved = {"starts_at": at(TUESDAY + 3), "ends_at": at(TUESDAY + 5)}
    assert (await theo.post(f"{address}/move", json=moved)).status_code == 200
    stale = await jan.post(f"{address}/agree", json=window)
    assert (stale.status_code, stale.json()["code"]) == (409, "ANOTHER_WINDOW")
    present = stale.json()["present"]
    assert (present["starts_at"], present["moved_by"]) == ("2026-06-02T10:00:00Z", None)
    assert (await jan.get(address)).json()["agreed_at"] is None
    blind = await jan.post(f"{address}/agree")
    assert blind.status_code == 422, "nobody agrees without a word about what"
    shown = {name: present[name] for name in ("starts_at", "ends_at")}
    assert (await jan.post(f"{address}/agree", json=shown)).json()["agreed_at"] is not None


@pytest.mark.usefixtures("acme")
async def test_the_new_window_is_planned_as_the_first_one_was(
    database: Database, theo: AsyncClient
) -> None:
    address = await _announced(theo)
    past = {"starts_at": at(1), "ends_at": at(TUESDAY + 2)}
    assert violation_pointers(await theo.post(f"{address}/move", json=past)) == ["/starts_at"]
    for end in (TUESDAY, TUESDAY + 32 * 24):
        window = {"starts_at": at(TUESDAY), "ends_at": at(end)}
        refused = await theo.post(f"{address}/move", json=window)
        assert violation_pointers(refused) == ["/ends_at"]
    same = {"starts_at": at(TUESDAY), "ends_at": at(TUESDAY + 2)}
    assert (await theo.post(f"{address}/move", json=same)).json()["code"] == "UNMOVED"
    await freeze_time(database, NINE + DAY + HOUR)
    running = await theo.post(f"{address}/move", json=_from(50))
    assert (running.status_code, running.json()["code"]) == (409, "ALREADY_STARTED")


@pytest.mark.usefixtures("acme")
async def test_the_database_refuses_that_who_moved_it_agrees(
    database: Database, theo: AsyncClient
) -> None:
    """R1"""
    address = await _announced(theo)
    assert (await theo.post(f"{address}/move", json=_from(50))).status_code == 200
    agree_to_it = text("UPDATE maintenance_windows SET agreed_by = moved_by, agreed_at = moved_at")
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(agree_to_it)


def _from(hour: float) -> dict[str, str]:
    return {"starts_at": at(hour), "ends_at": at(hour + 1)}

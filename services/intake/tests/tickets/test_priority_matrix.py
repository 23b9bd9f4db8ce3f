"""The matrix of impact and urgency as data: a lower priority in it takes two people (R1, R5)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.http import runtime_of
from common.persistence.database import Database
from intake.tickets.domain.priority import DEFAULT_MATRIX, PRIORITIES, is_lower
from intake.tickets.domain.priority_matrix import DEFAULT, change, find_disorder, lowered_cells
from intake.tickets.matrix_cache import MatrixCache
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)

ADDRESS = "/v1/priority-matrix"


def _changed(**cells: str) -> dict[str, dict[str, str]]:
    """The default, with other priorities for some cells: `low_high="critical"`."""
    result: dict[str, dict[str, str]] = {}
    for (impact, urgency), priority in DEFAULT_MATRIX.items():
        result.setdefault(impact, {})[urgency] = priority
    for cell, changed in cells.items():
        worse, sooner = cell.split("_")
        result[worse][sooner] = changed
    return result


def _asked(**cells: str) -> dict[str, Any]:
    return {"priorities": _changed(**cells), "reason": "As agreed in the review"}


@given(st.lists(st.sampled_from(PRIORITIES), min_size=9, max_size=9))
def test_a_change_waits_exactly_where_some_priority_gets_lower(priorities: list[Any]) -> None:
    """R1"""
    cells = dict(zip(DEFAULT_MATRIX, priorities, strict=True))
    after = change(DEFAULT, cells, 1, "theo", NINE, "so")
    lowers = any(is_lower(cells[cell], DEFAULT_MATRIX[cell]) for cell in cells)
    assert bool(lowered_cells(DEFAULT_MATRIX, cells)) == lowers
    assert (after.pending is not None) == lowers
    assert after.cells == (DEFAULT_MATRIX if lowers else cells)


def test_the_default_is_in_order_and_a_worse_impact_with_a_lower_priority_is_not() -> None:
    assert find_disorder(DEFAULT_MATRIX) == []
    wrong = {**DEFAULT_MATRIX, ("high", "high"): PRIORITIES[-1]}
    assert find_disorder(wrong) == [("high", "medium"), ("medium", "high")]


async def test_staff_sees_the_matrix_and_only_two_roles_change_it(
    app: FastAPI, anna: AsyncClient, jan: AsyncClient
) -> None:
    shown = (await anna.get(ADDRESS)).json()
    assert (shown["version"], shown["priorities"]) == (0, _changed())
    assert (await jan.get(ADDRESS)).status_code == 403
    assert (await anna.put(ADDRESS, json=_asked(low_low="minor"))).status_code == 403


async def test_a_higher_priority_holds_at_once_for_new_tickets_and_for_those_assessed_anew(
    app: FastAPI, anna: AsyncClient
) -> None:
    """R5"""
    async with client(app, "theo") as theo:
        changed = await theo.put(ADDRESS, json=_asked(low_low="minor"))
    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.json()["changed_by"]) == (1, "theo")
    key = await open_ticket(anna, impact="low", urgency="low")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["priority"] == "minor"
    other = await open_ticket(anna, priority="trivial")
    answer = await act(anna, other, "prioritise", impact="low", urgency="low", reason="Few")
    assert answer.json()["priority"] == "minor"


async def test_a_lower_priority_waits_and_the_first_person_cannot_confirm_it(
    app: FastAPI, anna: AsyncClient
) -> None:
    """R1"""
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        waits = (await theo.put(ADDRESS, json=_asked(high_high="critical"))).json()
        assert waits["priorities"]["high"]["high"] == "blocker"
        assert waits["pending"]["lowers"] == ["high/high"]
        refused = await theo.post(f"{ADDRESS}/confirm", json={"agree": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "FOUR_EYES")
        done = (await gina.post(f"{ADDRESS}/confirm", json={"agree": True})).json()
    assert done["priorities"]["high"]["high"] == "critical"
    assert (done["changed_by"], done["confirmed_by"], done["pending"]) == ("theo", "gina", None)
    key = await open_ticket(anna, impact="high", urgency="high")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["priority"] == "critical"


async def test_what_waits_is_replaced_declined_and_withdrawn(
    app: FastAPI, anna: AsyncClient
) -> None:
    async with client(app, "theo") as theo:
        await theo.put(ADDRESS, json=_asked(high_high="critical"))
        replaced = (await theo.put(ADDRESS, json=_asked(high_low="minor"))).json()
        assert replaced["pending"]["lowers"] == ["high/low"]
        declined = await theo.post(f"{ADDRESS}/confirm", json={"agree": False})
        assert declined.json()["pending"] is None
        nothing = await theo.post(f"{ADDRESS}/confirm", json={"agree": True})
        assert (nothing.status_code, nothing.json()["code"]) == (409, "NOTHING_PENDING")
        await theo.put(ADDRESS, json=_asked(high_high="critical"))
        withdrawn = (await theo.put(ADDRESS, json=_asked())).json()
    assert (withdrawn["version"], withdrawn["pending"]) == (0, None)


async def test_a_matrix_in_disorder_or_with_a_hole_is_refused(
    app: FastAPI, anna: AsyncClient
) -> None:
    async with client(app, "theo") as theo:
        refused = await theo.put(ADDRESS, json=_asked(high_high="trivial"))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "disorder"
        holed = _asked()
        del holed["priorities"]["low"]["low"]
        refused = await theo.put(ADDRESS, json=holed)
    assert refused.json()["errors"][0]["pointer"] == "/priorities/low/low"


async def test_the_database_refuses_a_lower_priority_by_one(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    """R1"""
    lower = text(
        "INSERT INTO priority_matrices (version, state, cells, requested_by, requested_at, reason,"
        " confirmed_by, effective_at) VALUES (1, 'effective', '{\"high/high\": \"minor\"}', 'theo',"
        " intake.now(), 'so', :confirmed_by, intake.now())"
    )
    for confirmed_by in (None, "theo"):
        with pytest.raises(IntegrityError, match=r"and another one|four_eyes"):
            async with database.transaction() as tx:
                await tx.execute(lower, {"confirmed_by": confirmed_by})


async def test_a_contact_suggests_and_first_level_assesses(
    app: FastAPI, anna: AsyncClient, jan: AsyncClient
) -> None:
    """R5: what a contact names is a suggestion, and nothing has to be named."""
    suggested = (await jan.post("/v1/tickets", json={"title": "a", "urgency": "high"})).json()
    assert (suggested["priority"], suggested["suggested_priority"]) == ("critical", "critical")
    silent = (await jan.post("/v1/tickets", json={"title": "b"})).json()
    assert (silent["priority"], silent["suggested_priority"]) == ("major", None)
    key = suggested["key"]
    body = {"impact": "high", "urgency": "high", "reason": "All of them"}
    assert (await act(jan, key, "prioritise", **body)).status_code == 403
    assert (await anna.get(f"/v1/tickets/{key}")).json()["priority_by"] is None
    assessed = (await act(anna, key, "prioritise", **body)).json()
    facts = (assessed["priority"], assessed["suggested_priority"], assessed["priority_by"])
    assert facts == ("blocker", "critical", "anna")


async def test_new_tickets_read_the_matrix_from_memory(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    """The accept path has no statement more: what is in memory holds, whatever the table says."""
    cache = runtime_of(app).resource(MatrixCache)
    before = await cache.get()
    async with database.transaction() as tx:
        raised = text(
            "INSERT INTO priority_matrices VALUES (1, 'effective', :cells, 'theo', intake.now(), 'so',"
            " NULL, intake.now())"
        )
        cells = ", ".join(f'"{i}/{u}": "blocker"' for i, u in DEFAULT_MATRIX)
        await tx.execute(raised, {"cells": f"{{{cells}}}"})
    assert await cache.get() is before
    cache.forget()
    assert set((await cache.get()).values()) == {"blocker"}

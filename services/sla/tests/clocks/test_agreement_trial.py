"""Simulate an agreement on past tickets; nothing is stored."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.events.tickets import TicketOnHold, TicketPrioritised, TicketReplied, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import clocks_of, violation_pointers
from sla_support.company import AMSTERDAM, HOUR, NINE, ROUND, promise, ticket_event, ticket_opened
from sla_support.publication import publish_draft

SIMULATE = "/v1/agreements/acme-standard/simulate"


@pytest.fixture
async def week(app: FastAPI, database: Database) -> None:
    """Four tickets by Tuesday 10:00: one solved in two hours, one broken, one that waits, one whose
    priority was raised."""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, *((ticket_opened(number), 1) for number in range(1, 5)))
    solved = ticket_event(TicketResolved, 1, NINE + 2 * HOUR)
    waits = ticket_event(TicketOnHold, 3, NINE + HOUR, waiting_on="customer")
    raised = ticket_event(TicketPrioritised, 4, NINE + HOUR, priority="critical", previous="major")
    await deliver(database, HANDLERS, (solved, 2), (waits, 2), (raised, 2))
    await freeze_time(database, NINE + 25 * HOUR)
    await fire_due(database, TIMERS)


async def simulate(theo: AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await theo.post(SIMULATE, json=body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def target(seconds: int | None, priority: str = "major") -> dict[str, Any]:
    return {"metric": "resolution", "priority": priority, "target_seconds": seconds}


@pytest.mark.usefixtures("week")
async def test_the_same_promise_changes_nothing(database: Database, theo: AsyncClient) -> None:
    before = len(await outbox_events(database))
    found = await simulate(theo)
    assert (found["tickets"], found["clocks"], found["next"]) == (4, 4, None)
    assert (
        found["deadline_changes_total"],
        found["outcome_changes_total"],
        found["immediate_breaches_total"],
    ) == (0, 0, 0)
    (one,) = found["compliance"]
    assert one["actual"] == one["simulated"]
    assert (one["actual"]["met"], one["actual"]["breached"]) == (1, 2)
    assert len(await outbox_events(database)) == before
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM calendars")) == 2


@pytest.mark.usefixtures("week")
async def test_a_shorter_target_says_what_would_have_broken(theo: AsyncClient) -> None:
    """The one solved in two hours would have broken after one; a waiting clock does not break."""
    found = await simulate(theo, targets=[target(3600), target(4 * 3600, "critical")])
    would = found["compliance"][0]["simulated"]
    assert (would["met"], would["breached"]) == (0, 3)
    (changed,) = found["outcome_changes"]
    assert (changed["ticket"], changed["actual_outcome"], changed["simulated_outcome"]) == (
        "OPS-1",
        "met",
        "breached",
    )
    moved = {one["ticket"]: one["simulated_deadline"] for one in found["deadline_changes"]}
    assert moved["OPS-1"] == "2026-06-01T08:00:00Z"
    assert "OPS-4" not in moved
    assert found["immediate_breaches_total"] == 0


async def test_open_clocks_that_would_break_at_once_are_named(
    database: Database, theo: AsyncClient
) -> None:
    """C6"""
    await promise(database, metrics=("resolution",))
    await deliver(
        database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2, priority="minor"), 1)
    )
    await freeze_time(database, NINE + 2 * HOUR)
    found = await simulate(theo, targets=[target(3600), target(7200, "minor")])
    assert [one["ticket"] for one in found["immediate_breaches"]] == ["OPS-1"]
    assert found["compliance"][0]["simulated"]["breached"] == 1


async def test_promises_that_are_new_are_told_and_break_as_the_move_breaks_them(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C6: one breach by a shorter target and one by a promise that nobody had measured: two, not one"""
    await promise(database, metrics=("resolution",))
    answered = ticket_event(TicketReplied, 2, NINE + HOUR, message_id=UUID(int=9))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1), (answered, 2))
    await deliver(database, HANDLERS, (ticket_opened(3, priority="minor"), 1))
    await freeze_time(database, NINE + 3 * HOUR)
    response = target(2 * 3600) | {"metric": "first_response"}
    draft = {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target(3600), target(16 * 3600, "minor"), response],
        "valid_from": (NINE + 3 * HOUR).isoformat(),
    }
    made = await theo.post("/v1/agreements", json=draft)
    found = (await theo.post(made.headers["Location"] + "/simulate", json={})).json()
    new = {one["ticket"]: one for one in found["new_promises"]}
    assert (found["clocks"], found["new_promises_total"], set(new)) == (
        3,
        3,
        {"OPS-1", "OPS-2", "OPS-3"},
    )
    assert new["OPS-1"]["clock_id"] is None
    assert [new[key]["simulated_outcome"] for key in sorted(new)] == ["breached", "met", None]
    by_metric = {one["metric"]: one["simulated"] for one in found["compliance"]}
    assert (by_metric["first_response"]["met"], by_metric["first_response"]["breached"]) == (1, 1)
    at_once = {(one["ticket"], one["metric"]) for one in found["immediate_breaches"]}
    assert at_once == {
        ("OPS-1", "resolution"),
        ("OPS-2", "resolution"),
        ("OPS-1", "first_response"),
    }
    assert found["deadline_changes_total"] == 2
    version = made.headers["Location"]
    await publish_draft(theo, gina, version)
    move = await theo.post(f"{version}/move-open-clocks", json={"reason": "As agreed"})
    assert move.status_code == 202, move.text
    await fire_due(database, TIMERS)
    broken = {
        (f"OPS-{number}", metric)
        for number in (1, 2, 3)
        for metric, one in (await clocks_of(database, number)).items()
        if one.clock.outcome == "breached"
    }
    assert broken == at_once


@pytest.mark.usefixtures("week")
async def test_another_calendar_moves_deadlines(theo: AsyncClient) -> None:
    always = {"timezone": "UTC", "weekly": ROUND}
    later = {"timezone": "UTC", "weekly": {"mon": [["12:00", "20:00"]]}}
    assert (await simulate(theo, calendar=always))[
        "deadline_changes_total"
    ] == 0  # within one day's office hours
    found = await simulate(theo, calendar=later)
    moved = {one["ticket"]: one["simulated_deadline"] for one in found["deadline_changes"]}
    assert moved["OPS-2"] == "2026-06-01T20:00:00Z"


@pytest.mark.usefixtures("week")
async def test_what_is_left_out_is_said_and_can_be_asked_for(theo: AsyncClient) -> None:
    seen, clocks, following = [], 0, ""
    for _ in range(3):
        answer = await theo.post(SIMULATE + following, json={"tickets": 2})
        found = answer.json()
        seen.append(found["tickets"])
        clocks += found["clocks"]
        if found["next"] is None:
            break
        following = f"?cursor={found['next']}"
    assert (seen, clocks) == ([2, 2, 0], 4)


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"days": 0}, "/days"),
        ({"tickets": 2001}, "/tickets"),
        ({"targets": [target(0)]}, "/targets/0/target_seconds"),
        ({"targets": [target(1), target(2)]}, "/targets/1"),
        ({"calendar": "nowhere"}, "/calendar"),
        ({"calendars": {"minor": {"timezone": "Nowhere"}}}, "/calendars/minor/timezone"),
        ({"calendar": AMSTERDAM | {"weekly": {}}}, "/calendar"),
    ],
)
@pytest.mark.usefixtures("week")
async def test_what_cannot_be_tried_is_refused(
    theo: AsyncClient, asked: dict[str, Any], pointer: str
) -> None:
    assert violation_pointers(await theo.post(SIMULATE, json=asked)) == [pointer]


@pytest.mark.usefixtures("week")
async def test_drafts_can_be_tried_and_customers_try_nothing(
    theo: AsyncClient, jan: AsyncClient
) -> None:
    draft = {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target(None), target(8 * 3600, "critical")],
        "valid_from": "2026-07-01T00:00:00Z",
    }
    made = await theo.post("/v1/agreements", json=draft)
    found = (await theo.post(made.headers["Location"] + "/simulate", json={})).json()
    assert found["compliance"][0]["simulated"] == {
        "met": 0,
        "breached": 1,
        "waived": 0,
        "raw": 0.0,
        "adjusted": 0.0,
    }
    assert (await jan.post(SIMULATE, json={})).status_code == 403

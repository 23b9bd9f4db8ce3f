"""Goals are agreed on, stand in the review, and are read as data by those with whom they are agreed."""

from decimal import Decimal
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from common.events.tickets import TicketResolved
from common.persistence.database import Database, transaction_time
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.agreements.domain.clauses import Price
from sla.agreements.domain.goals import CreditStep, Goal
from sla.agreements.store.terms_json import dump_terms, load_terms
from sla.goals.commands import warn_of_goals
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, violation_pointers
from sla_support.company import (
    ACME,
    AMSTERDAM,
    BRIGHTWATER,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_event,
    ticket_opened,
)
from sla_support.review_month import DAY, JULY, run_june

GOALS = (
    Goal("resolution", 0.95, ("major",), None, (CreditStep(0.95, 5), CreditStep(0.6, 10))),
    Goal("first_response", 0.5),
)
TERMS: dict[str, Any] = {
    "goals": GOALS,
    "price": Price(Decimal("1200.00"), "EUR"),
    "credit_cap_percent": 8,
}
ADDRESS = "/v1/customers/acme/goals"


def draft(**overrides: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "key": "acme-premium",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 28800}],
        "valid_from": NINE.isoformat(),
        "price": {"amount": "1200.00", "currency": "EUR"},
        "services": ["billing"],
        "goals": [
            {
                "metric": "resolution",
                "share": 0.95,
                "priorities": ["major"],
                "service": "billing",
                "credits": [{"below": 0.95, "percent": 5}, {"below": 0.9, "percent": 10}],
                "fee": "400.00",
            }
        ],
        "credit_cap_percent": 15,
    }
    return body | overrides


async def test_goals_are_terms_of_an_agreement(database: Database, theo: AsyncClient) -> None:
    await announce_customers(database, (ACME, "acme"))
    made = await theo.post("/v1/agreements", json=draft())
    assert made.status_code == 201, made.text
    (goal,) = made.json()["goals"]
    assert goal["words"] == "95 % of resolutions of major tickets about billing in time"
    assert (goal["fee"], made.json()["credit_cap_percent"]) == ("400.00", 15)


async def test_goals_that_make_no_sense_are_refused(database: Database, theo: AsyncClient) -> None:
    await promise(database)
    (goal,) = draft()["goals"]
    wrong = [
        (goal | {"metric": "workaround"}, "/goals/0/metric"),
        (goal | {"metric": "availability"}, "/goals/0/metric"),
        (goal | {"service": "portal"}, "/goals/0/service"),
        (goal | {"credits": [{"below": 0.99, "percent": 5}]}, "/goals/0/credits/0/below"),
        (
            goal | {"credits": [{"below": 0.9, "percent": 5}, {"below": 0.8, "percent": 4}]},
            "/goals/0/credits/1",
        ),
    ]
    for one, pointer in wrong:
        answer = await theo.post("/v1/agreements", json=draft(goals=[one]))
        assert pointer in violation_pointers(answer)
    twice = await theo.post("/v1/agreements", json=draft(goals=[goal, goal]))
    assert violation_pointers(twice) == ["/goals/1"]
    free = await theo.post("/v1/agreements", json=draft(price=None))
    assert violation_pointers(free) == ["/goals/0/credits", "/credit_cap_percent"]


async def test_goals_are_stored_as_they_were_agreed(database: Database) -> None:
    version = await promise(database, **TERMS)
    stored = load_terms(dump_terms(version), None)
    assert (stored["goals"], stored["credit_cap_percent"]) == (GOALS, 8)


async def test_the_review_says_what_was_reached_and_what_is_owed(
    database: Database, dana: AsyncClient, jan: AsyncClient, app: FastAPI
) -> None:
    """One of two resolutions was in time: below 60 % is 10 % of 1200, of which 8 % are the cap"""
    await run_june(database, **TERMS)
    report = (await dana.get("/v1/reviews/acme-2026-06")).json()["report"]
    resolution, response = report["goals"]
    assert (resolution["share"], resolution["state"], resolution["met"], resolution["broken"]) == (
        0.5,
        "missed",
        1,
        1,
    )
    assert (resolution["credit_percent"], resolution["credit"]) == (10.0, "120.00")
    assert (response["state"], response["share"], response["credit"]) == ("met", 0.5, None)
    assert report["credits"] == [
        {"agreement": "acme-standard", "amount": "96.00", "uncapped": "120.00", "currency": "EUR"}
    ]
    paper = (await dana.get("/v1/reviews/acme-2026-06?format=html&language=en")).text
    for words in ("Goals and service credits", "€96.00", "€120.00 (10 %)"):
        assert words in paper
    assert (await jan.get(ADDRESS, params={"month": "2026-06"})).json() == {
        "customer": "acme",
        "month": "2026-06",
        "goals": report["goals"],
        "credits": report["credits"],
    }
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    async with client(app, "britta") as britta:
        assert (await britta.get(ADDRESS)).status_code == 404
    assert violation_pointers(await dana.get(ADDRESS, params={"month": "June"})) == ["/query/month"]


async def test_while_the_month_runs_the_budget_is_shown(
    database: Database, theo: AsyncClient
) -> None:
    await run_june(database, **TERMS)
    shown = (await theo.get(ADDRESS, params={"month": "2026-06"})).json()
    assert [one["budget"] for one in shown["goals"]] == [None, None]
    await freeze_time(database, JULY + HOUR)
    shown = (await theo.get(ADDRESS)).json()
    assert shown["month"] == "2026-07"
    assert [(one["state"], one["share"]) for one in shown["goals"]] == [
        ("on_track", None),
        ("on_track", None),
    ]
    assert shown["goals"][0]["budget"]["expected"] == 1


async def goal_events(database: Database) -> list[tuple[str, str, int]]:
    """What was told of goals: the kind, the goal, and how many promises were broken by then."""
    events = [one for one in await outbox_events(database) if one.subject.startswith("goal/")]
    return [(one.type.split(".")[2], one.body["goal"], one.body["broken"]) for one in events]


async def test_people_are_warned_while_something_can_be_done_and_once_when_it_is_too_late(
    database: Database,
) -> None:
    """R3: of 20 promises in a usual month one may break: the first is a warning, the second the end"""
    goal = Goal("resolution", 0.95, ("major",))
    await promise(database, metrics=("resolution",), goals=(goal,))
    for month in range(3):
        opened = NINE + month * 7 * DAY
        for number in range(20):
            id = 100 * (month + 1) + number
            solved = ticket_event(TicketResolved, id, opened + HOUR)
            await deliver(database, HANDLERS, (ticket_opened(id, opened), 1), (solved, 2))
    await freeze_time(database, JULY + 9 * HOUR)
    await warn(database)
    assert await goal_events(database) == []
    await deliver(database, HANDLERS, (ticket_opened(1, JULY + 8 * HOUR), 1))
    words = "95 % of resolutions of major tickets in time"
    for days, expected in (
        (0.5, []),
        (2, [("at_risk", words, 1)]),
        (2.1, [("at_risk", words, 1)]),
    ):
        await freeze_time(database, JULY + days * DAY)
        await fire_due(database, TIMERS)
        await warn(database)
        assert await goal_events(database) == expected
    await deliver(database, HANDLERS, (ticket_opened(2, JULY + 2.1 * DAY), 1))
    await freeze_time(database, JULY + 6 * DAY)
    await fire_due(database, TIMERS)
    for _ in range(2):
        await warn(database)
        assert await goal_events(database) == [("at_risk", words, 1), ("lost", words, 2)]
    await assert_consistent(database)


async def warn(database: Database) -> None:
    async with database.transaction() as tx:
        await warn_of_goals(tx, await transaction_time(tx))

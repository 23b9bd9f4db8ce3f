"""Computing for callers: within ten years, at a price, and never in the way of others."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.confinement import Confinement, Limits
from common.persistence.database import Database
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.responsiveness import longest_computing_unanswered
from sla.app import SERVICE
from sla.calendars.domain.price import MAX_WRITTEN_INTERVALS
from sla.calendars.routes import compute
from sla.clocks.routes import simulation
from sla.settings import SlaSettings
from sla_support.assertions import violation_pointers
from sla_support.company import AMSTERDAM, NINE

pytestmark = pytest.mark.thorough

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_OTHER_HOUR = [[f"{2 * n:02}:00", f"{2 * n + 1:02}:00"] for n in range(12)]
TORN = {
    "timezone": "Europe/Amsterdam",
    "weekly": dict.fromkeys(WEEKDAYS, EVERY_OTHER_HOUR),
}
"""Twelve intervals a day: what costs most."""
TEN_YEARS = timedelta(days=3650)
FIRST, LAST = (NINE - TEN_YEARS).isoformat(), (NINE + TEN_YEARS).isoformat()


async def ask(who: AsyncClient, *questions: dict[str, Any], calendar: Any = TORN) -> Response:
    body = {"calendar": calendar, "questions": list(questions)}
    return await who.post("/v1/calendars/compute", json=body)


def between(since: str = FIRST, until: str = LAST) -> dict[str, Any]:
    return {"between": {"starts_at": since, "ends_at": until}}


def life(events: int, **more: Any) -> dict[str, Any]:
    """A clock that waits and goes on, every three days."""
    begin = NINE - TEN_YEARS + timedelta(days=1)
    moves = [
        {
            "at": (begin + timedelta(days=3 * n)).isoformat(),
            "type": "on_hold" if n % 2 else "resumed",
        }
        for n in range(1, events)
    ]
    return {
        "calendar": TORN,
        "metric": "resolution",
        "target_seconds": 3600,
        "warnings": [n / 20 for n in range(1, 20)],
        "events": [{"at": begin.isoformat(), "type": "opened"}, *moves],
        "as_of": LAST,
    } | more


@pytest.mark.parametrize(
    "question",
    [
        {"open": {"at": "2056-01-01T00:00:00Z"}},
        {"open": {"at": "1970-01-02T00:00:00Z"}},
        between("1971-01-01T00:00:00Z"),
        between(until="2099-01-01T00:00:00Z"),
        {"after": {"starts_at": "2099-01-01T00:00:00Z", "seconds": 1}},
    ],
)
async def test_instants_far_away_are_refused(jan: AsyncClient, question: dict[str, Any]) -> None:
    asked = await ask(jan, {"open": {"at": NINE.isoformat()}}, question)
    assert violation_pointers(asked) == ["/questions/1"]
    assert asked.json()["errors"][0]["code"] == "out_of_range"


async def test_an_amount_that_is_never_reached_is_not_looked_for_to_the_end_of_time(
    jan: AsyncClient,
) -> None:
    """One second a week: ten years of that are 6 million years."""
    rare = {"timezone": "UTC", "weekly": {"mon": [["08:00:00", "08:00:01"]]}}
    for seconds in (10 * 366 * 86_400, -10 * 366 * 86_400):
        after = {"after": {"starts_at": NINE.isoformat(), "seconds": seconds}}
        asked = await ask(jan, after, calendar=rare)
        assert violation_pointers(asked) == ["/questions/0"]


async def test_a_calendar_that_is_written_out_is_not_endless(jan: AsyncClient) -> None:
    days = [f"{2000 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in range(2000)]
    breaks = {day: [["08:00", "09:00"]] for day in days}
    question = {"open": {"at": NINE.isoformat()}}
    most = await ask(jan, question, calendar=AMSTERDAM | {"breaks": breaks})
    assert (most.status_code, len(breaks)) == (200, MAX_WRITTEN_INTERVALS)
    more = await ask(jan, question, calendar=AMSTERDAM | {"breaks": breaks, "holidays": days[:1]})
    assert violation_pointers(more) == ["/calendar"]


async def test_what_is_computed_apart_is_the_same(
    jan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = [
        between(),
        {"open": {"at": LAST}},
        {"after": {"starts_at": FIRST, "seconds": 10**8}},
        {"after": {"starts_at": LAST, "seconds": -(10**8)}},
    ]
    apart = (await ask(jan, *questions)).json()
    lived_apart = (await jan.post("/v1/clocks/simulate", json=life(800))).json()
    for module in (compute, simulation):
        monkeypatch.setattr(module, "is_cheap", lambda _: True)
    assert (await ask(jan, *questions)).json() == apart
    assert (await jan.post("/v1/clocks/simulate", json=life(800))).json() == lived_apart
    assert len(lived_apart["intervals"]) == 800


async def test_questions_without_an_answer_are_named_from_apart_too(jan: AsyncClient) -> None:
    never = {"timezone": "UTC", "weekly": {}, "overrides": {"2016-07-01": EVERY_OTHER_HOUR}}
    asked = await ask(jan, between(), {"open": {"at": LAST}}, calendar=never)
    assert asked.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/questions/1",
        "code": "never_opens",
        "detail": "",
    }


def never(*_: object) -> None:
    raise AssertionError("computed on the event loop")


@pytest.mark.parametrize("what", ["compute", "simulate"])
async def test_what_costs_much_is_computed_apart_while_the_service_answers(
    app: FastAPI, jan: AsyncClient, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compute, "answer_all", never)
    monkeypatch.setattr(simulation, "simulate_with", never)
    if what == "compute":
        sending = asyncio.create_task(ask(jan, *[between()] * 1000))
    else:
        sending = asyncio.create_task(jan.post("/v1/clocks/simulate", json=life(1000)))
    longest = await longest_computing_unanswered(app, sending)
    assert (await sending).status_code == 200
    assert longest < 1


async def test_few_may_compute_at_a_time(jan: AsyncClient) -> None:
    """Who waits holds a connection, which lists need, too."""
    answers = await asyncio.gather(*(ask(jan, *[between()] * 500) for _ in range(6)))
    statuses = [one.status_code for one in answers]
    assert statuses.count(200) == 2
    assert statuses.count(503) == 4
    assert {one.headers["Retry-After"] for one in answers if one.status_code == 503} == {"1"}


async def test_work_that_exceeds_its_time_is_a_fault_of_the_request(
    jan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Confinement("test", Limits(cpu_s=1, wall_s=0.01, memory_mib=512))
    monkeypatch.setattr(compute, "QUESTIONS", short)
    asked = await ask(jan, between())
    assert asked.json()["errors"][0]["code"] == "too_expensive"


async def test_what_costs_much_counts_as_many_requests(app: FastAPI, database: Database) -> None:
    settings = settings_for(SlaSettings, database.url, requests_per_minute=60)
    async with client(app_for(SERVICE, database, settings=settings), "jan") as jan:
        assert (
            await ask(jan, {"open": {"at": NINE.isoformat()}}, calendar=AMSTERDAM)
        ).status_code == 200
        answer = await ask(jan, *[between()] * 1000)
    assert (answer.status_code, answer.json()["type"]) == (
        429,
        "urn:opsdesk:error:too-many-requests",
    )

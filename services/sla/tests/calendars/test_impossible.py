"""What cannot be computed is a clear problem with a stable type, named by its place; nothing is stored."""

from itertools import pairwise
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from sla_support.company import AMSTERDAM

pytestmark = pytest.mark.thorough

COMPUTE, SIMULATE = "/v1/calendars/compute", "/v1/clocks/simulate"
AT = "2026-06-01T07:00:00Z"
OPENED = {"at": AT, "type": "opened"}
OPEN = {"open": {"at": AT}}
NIGHT = {"timezone": "Europe/Amsterdam", "weekly": {}}
FAR = "3026-06-01T07:00:00Z"
NAIVE = "2026-06-01T07:00:00"
MILLENNIUM = 1000 * 366 * 86_400


def _calendar(**changed: Any) -> dict[str, Any]:
    return AMSTERDAM | changed


def _compute_body(*questions: dict[str, Any], **calendar: Any) -> dict[str, Any]:
    return {"calendar": _calendar(**calendar), "questions": list(questions or [OPEN])}


def _simulation_body(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "calendar": AMSTERDAM,
        "metric": "resolution",
        "target_seconds": 4 * 3600,
        "events": [OPENED, *events],
        "as_of": "2026-06-01T12:00:00Z",
    } | more


def _event(type: str, at: str = "2026-06-01T08:00:00Z", **more: Any) -> dict[str, Any]:
    return {"at": at, "type": type, **more}


def _hours(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"mon": [list(pair) for pair in pairs]}


async def _assert_refused(database: Database, answer: Response) -> list[tuple[str, str]]:
    """Where it is wrong, and how, by stable codes; after a look at what was stored."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:opsdesk:error:invalid"
    assert problem["trace_id"]
    assert all(error["detail"] for error in problem["errors"])
    async with database.transaction() as tx:
        for table in ("calendars", "clocks", "clock_inputs", "tickets", "outbox", "audit"):
            assert await tx.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    return [(error["pointer"], error["code"]) for error in problem["errors"]]


@pytest.mark.parametrize(
    ("body", "violation"),
    [
        (_compute_body({"open": {"at": NAIVE}}), ("/questions/0/open/at", "timezone_aware")),
        (
            _compute_body({"after": {"starts_at": NAIVE, "seconds": 1}}),
            ("/questions/0/after/starts_at", "timezone_aware"),
        ),
        (
            _compute_body({"between": {"starts_at": AT, "ends_at": NAIVE}}),
            ("/questions/0/between/ends_at", "timezone_aware"),
        ),
        (
            _compute_body({"between": {"starts_at": AT, "ends_at": "2199-12-31T23:59:59Z"}}),
            ("/questions/0", "out_of_range"),
        ),
        (_compute_body({"open": {"at": FAR}}), ("/questions/0/open/at", "instant_range")),
        (
            _compute_body({"between": {"starts_at": AT, "ends_at": FAR}}),
            ("/questions/0/between/ends_at", "instant_range"),
        ),
        (
            _compute_body({"after": {"starts_at": AT, "seconds": MILLENNIUM}}),
            ("/questions/0/after/seconds", "less_than_equal"),
        ),
        (
            _compute_body({"after": {"starts_at": AT, "seconds": -MILLENNIUM}}),
            ("/questions/0/after/seconds", "greater_than_equal"),
        ),
        (_compute_body(timezone="Mars/Olympus"), ("/calendar/timezone", "unknown_timezone")),
        (_compute_body(timezone="../../etc/passwd"), ("/calendar/timezone", "unknown_timezone")),
        (_compute_body(timezone="Europe/\0"), ("/calendar/timezone", "nul")),
        (
            _compute_body(weekly=_hours(("08:00", "12:00"), ("11:00", "13:00"))),
            ("/calendar/weekly/mon", "hours"),
        ),
        (
            _compute_body(weekly=_hours(("22:00", "06:00"), ("23:00", "24:00"))),
            ("/calendar/weekly/mon", "hours"),
        ),
        (_compute_body(weekly=_hours(("08:00", "25:00"))), ("/calendar/weekly/mon", "hours")),
        (
            _compute_body(breaks={"2026-06-01": [["13:00", "12:00"], ["11:00", "14:00"]]}),
            ("/calendar/breaks/2026-06-01", "hours"),
        ),
        (
            _compute_body(holidays=["2026-02-30"]),
            ("/calendar/holidays/0", "date_from_datetime_parsing"),
        ),
        (
            _compute_body({"after": {"starts_at": AT, "seconds": 1}}, weekly={}),
            ("/questions/0", "never_opens"),
        ),
        (_compute_body(*[OPEN] * 1001), ("/questions", "too_long")),
        (_compute_body(weekly={"monday": []}), ("/calendar/weekly/monday", "literal_error")),
        (_compute_body(hours={}), ("/calendar/hours", "extra_forbidden")),
        ({**_compute_body(), "calendar": 7}, ("/calendar", "string_type")),
        ({**_compute_body(), "calendar": "a\0b"}, ("/calendar", "nul")),
        ({**_compute_body(), "calendar": "nowhere"}, ("/calendar", "unknown_reference")),
    ],
)
async def test_a_computation_that_cannot_be_is_refused(
    database: Database, theo: AsyncClient, body: dict[str, Any], violation: tuple[str, str]
) -> None:
    """A1, A4"""
    assert await _assert_refused(database, await theo.post(COMPUTE, json=body)) == [violation]


@pytest.mark.parametrize(
    ("body", "violation"),
    [
        (_simulation_body(events=[_event("opened", NAIVE)]), ("/events/0/at", "timezone_aware")),
        (_simulation_body(as_of=NAIVE), ("/as_of", "timezone_aware")),
        (_simulation_body(as_of="2150-01-01T00:00:00Z"), ("/as_of", "out_of_range")),
        (_simulation_body(as_of=FAR), ("/as_of", "instant_range")),
        (_simulation_body(_event("on_hold", FAR)), ("/events/1/at", "instant_range")),
        (_simulation_body(target_seconds=MILLENNIUM), ("/target_seconds", "less_than_equal")),
        (_simulation_body(target_seconds=0), ("/target_seconds", "greater_than")),
        (_simulation_body(target_seconds=-5), ("/target_seconds", "greater_than")),
        (
            _simulation_body(_event("target_changed", target_seconds=0)),
            ("/events/1/target_seconds", "greater_than"),
        ),
        (
            _simulation_body(_event("target_changed", target_seconds=-1)),
            ("/events/1/target_seconds", "greater_than"),
        ),
        (
            _simulation_body(_event("on_hold", target_seconds=60)),
            ("/events/1/target_seconds", "meaningless"),
        ),
        (
            _simulation_body(_event("on_hold"), _event("resumed", "2026-06-01T07:59:59Z")),
            ("/events/2/at", "order"),
        ),
        (_simulation_body(_event("on_hold", "2026-06-01T06:59:59Z")), ("/events/1/at", "order")),
        (_simulation_body(_event("opened")), ("/events/1/type", "opening")),
        (_simulation_body(events=[_event("on_hold")]), ("/events/0/type", "opening")),
        (_simulation_body(events=[]), ("/events", "too_short")),
        (_simulation_body(as_of="2026-06-01T06:59:59Z"), ("/as_of", "order")),
        (_simulation_body(_event("exploded")), ("/events/1/type", "literal_error")),
        (_simulation_body(_event("wait\0ing")), ("/events/1/type", "nul")),
        (_simulation_body(metric="mood"), ("/metric", "literal_error")),
        (_simulation_body(warnings=[0]), ("/warnings/0", "greater_than")),
        (_simulation_body(*[_event("on_hold")] * 1000), ("/events", "too_long")),
        (
            _simulation_body(calendar=_calendar(timezone="Mars/Olympus")),
            ("/calendar/timezone", "unknown_timezone"),
        ),
        (
            _simulation_body(
                calendar=_calendar(weekly=_hours(("08:00", "12:00"), ("11:00", "13:00")))
            ),
            ("/calendar/weekly/mon", "hours"),
        ),
        (_simulation_body(calendar=NIGHT), ("/events", "never_opens")),
        (_simulation_body(calendar="nowhere"), ("/calendar", "unknown_reference")),
    ],
)
async def test_a_life_that_cannot_be_is_refused(
    database: Database, theo: AsyncClient, body: dict[str, Any], violation: tuple[str, str]
) -> None:
    """A4, C2"""
    assert await _assert_refused(database, await theo.post(SIMULATE, json=body)) == [violation]


async def test_everything_that_is_wrong_is_named_at_once(
    database: Database, theo: AsyncClient
) -> None:
    body = _compute_body(
        {"open": {"at": NAIVE}}, {"open": {"at": FAR}}, {"after": {"starts_at": AT}}
    )
    assert await _assert_refused(database, await theo.post(COMPUTE, json=body)) == [
        ("/questions/0/open/at", "timezone_aware"),
        ("/questions/1/open/at", "instant_range"),
        ("/questions/2/after/seconds", "missing"),
    ]


async def test_a_thousand_questions_and_a_thousand_events_are_answered(theo: AsyncClient) -> None:
    answers = (await theo.post(COMPUTE, json=_compute_body(*[OPEN] * 1000))).json()["answers"]
    assert answers == [{"open": True}] * 1000
    events = [_event(("on_hold", "resumed")[number % 2]) for number in range(999)]
    answer = await theo.post(SIMULATE, json=_simulation_body(*events))
    assert (answer.status_code, answer.json()["state"]) == (200, "paused")


async def test_hours_that_end_where_they_begin_last_a_day_and_need_no_order(
    theo: AsyncClient,
) -> None:
    """A1: the end runs into the next date"""
    days = {"mon": [["13:00", "14:00"], ["08:00", "12:00"]], "tue": [["08:00", "08:00"]]}
    spans = ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", "2026-06-04T00:00:00Z")
    asked = [{"between": {"starts_at": a, "ends_at": b}} for a, b in pairwise(spans)]
    answers = (await theo.post(COMPUTE, json=_compute_body(*asked, weekly=days))).json()["answers"]
    assert answers == [{"seconds": 5 * 3600}, {"seconds": 24 * 3600}]


async def test_the_widest_span_that_can_be_asked_for_is_answered(theo: AsyncClient) -> None:
    """20 years, ten on each side of the present"""
    wide = {"between": {"starts_at": "2016-06-01T00:00:00Z", "ends_at": "2036-06-01T00:00:00Z"}}
    answer = await theo.post(COMPUTE, json=_compute_body(wide))
    assert answer.status_code == 200, answer.text
    assert answer.json()["answers"][0]["seconds"] > 20 * 250 * 9 * 3600

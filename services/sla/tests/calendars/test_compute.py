"""Calendars: stored in versions, or computed with and forgotten."""

from typing import Any

import pytest
from httpx import AsyncClient

from sla_support.assertions import violation_pointers
from sla_support.company import AMSTERDAM


async def test_a_calendar_answers_questions_without_being_stored(theo: AsyncClient) -> None:
    """A1-A3, as the issue writes it down"""
    calendar = AMSTERDAM | {
        "holidays": ["2026-12-25"],
        "overrides": {"2026-12-24": [["08:00", "12:00"]]},
        "breaks": {"2026-12-23": [["12:00", "13:00"]]},
    }
    start = "2026-12-23T11:30:00+01:00"
    asked = [
        {"after": {"starts_at": start, "seconds": 6 * 3600}},
        {"between": {"starts_at": start, "ends_at": "2026-12-28T08:00:00+01:00"}},
        {"open": {"at": "2026-12-25T10:00:00+01:00"}},
    ]
    answer = await theo.post(
        "/v1/calendars/compute", json={"calendar": calendar, "questions": asked}
    )
    assert answer.json() == {
        "answers": [
            {"at": "2026-12-24T08:30:00Z"},
            {"seconds": int(8.5 * 3600)},
            {"open": False},
        ]
    }


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"timezone": "Mars/Olympus"}, "/calendar/timezone"),
        ({"weekly": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "/calendar/weekly/mon"),
        ({"overrides": {"2026-12-24": [["25:00", "26:00"]]}}, "/calendar/overrides/2026-12-24"),
        ({"weekly": {}}, "/questions/0"),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused_by_its_place(
    theo: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    """A4 and bad input"""
    question = {"after": {"starts_at": "2026-12-23T11:30:00Z", "seconds": 1}}
    body = {"calendar": AMSTERDAM | changed, "questions": [question]}
    assert violation_pointers(await theo.post("/v1/calendars/compute", json=body)) == [pointer]


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"open": {"at": "2026-12-23T11:30:00"}},
        {"open": {"at": "3026-12-23T11:30:00Z"}},
        {"open": {"at": "1950-12-23T11:30:00Z"}},
        {"after": {"starts_at": "2026-12-23T11:30:00Z", "seconds": 10**12}},
        {"after": {"starts_at": "2026-12-23T11:30:00Z", "seconds": 1.5}},
        {"open": {"at": "2026-12-23T11:30:00Z"}, "between": None, "extra": 1},
    ],
)
async def test_a_question_that_is_none_is_refused(
    theo: AsyncClient, question: dict[str, Any]
) -> None:
    body = {"calendar": AMSTERDAM, "questions": [question]}
    violation_pointers(await theo.post("/v1/calendars/compute", json=body))


def simulation_body(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "calendar": AMSTERDAM,
        "metric": "resolution",
        "target_seconds": 4 * 3600,
        "events": [{"at": "2026-06-01T07:00:00Z", "type": "opened"}, *events],
        "as_of": "2026-06-01T12:00:00Z",
    } | more


async def test_a_clock_is_simulated(theo: AsyncClient) -> None:
    """C2, C4, C7"""
    waiting = {"at": "2026-06-01T08:00:00Z", "type": "on_hold"}
    resumed = {"at": "2026-06-01T09:00:00Z", "type": "resumed"}
    answer = await theo.post("/v1/clocks/simulate", json=simulation_body(waiting, resumed))
    assert answer.json() == {
        "state": "running",
        "elapsed_seconds": 4 * 3600,
        "paused_seconds": 3600,
        "deadline": "2026-06-01T12:00:00Z",
        "remaining_seconds": 0,
        "overrun_seconds": 0,
        "breached": False,
        "breached_at": None,
        "longest_cycle_seconds": 4 * 3600,
        "firings": [
            {"kind": "warning_50", "due_at": "2026-06-01T10:00:00Z"},
            {"kind": "warning_75", "due_at": "2026-06-01T11:00:00Z"},
            {"kind": "warning_90", "due_at": "2026-06-01T11:36:00Z"},
        ],
        "intervals": [
            {
                "starts_at": "2026-06-01T07:00:00Z",
                "ends_at": "2026-06-01T08:00:00Z",
                "elapsed_seconds": 3600,
                "reason": "running",
            },
            {
                "starts_at": "2026-06-01T08:00:00Z",
                "ends_at": "2026-06-01T09:00:00Z",
                "elapsed_seconds": 0,
                "reason": "waiting_on_customer",
            },
            {
                "starts_at": "2026-06-01T09:00:00Z",
                "ends_at": "2026-06-01T12:00:00Z",
                "elapsed_seconds": 3 * 3600,
                "reason": "running",
            },
        ],
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (simulation_body({"at": "2026-06-01T06:00:00Z", "type": "on_hold"}), ["/events/1/at"]),
        (simulation_body({"at": "2026-06-01T08:00:00Z", "type": "opened"}), ["/events/1/type"]),
        (simulation_body(target_seconds=0), ["/target_seconds"]),
        (simulation_body(target_seconds=-5), ["/target_seconds"]),
        (simulation_body(as_of="2026-05-01T12:00:00Z"), ["/as_of"]),
        (simulation_body(calendar="nowhere"), ["/calendar"]),
        (simulation_body(warnings=[1.5]), ["/warnings/0"]),
    ],
)
async def test_a_life_that_cannot_be_is_refused(
    theo: AsyncClient, body: dict[str, Any], pointers: list[str]
) -> None:
    assert violation_pointers(await theo.post("/v1/clocks/simulate", json=body)) == pointers


async def test_a_calendar_is_versioned_and_knows_public_holidays(theo: AsyncClient) -> None:
    """A1, A5"""
    body = AMSTERDAM | {"key": "nl-office", "public_holidays": [{"country": "NL"}]}
    first, second = [await theo.post("/v1/calendars", json=body) for _ in range(2)]
    assert [first.json()["version"], second.json()["version"]] == [1, 2]
    assert first.json()["definition"]["holidays"]["2026-04-27"] == "King's Day"
    assert first.json()["tz_version"]
    page = (await theo.get("/v1/calendars?limit=1")).json()
    rest = (await theo.get(f"/v1/calendars?limit=1&cursor={page['next']}")).json()
    assert [one["version"] for one in page["items"] + rest["items"]] == [1, 2]
    question = {"open": {"at": "2026-04-27T10:00:00+02:00"}}
    asked = {"calendar": "nl-office", "questions": [question]}
    assert (await theo.post("/v1/calendars/compute", json=asked)).json() == {
        "answers": [{"open": False}]
    }
    never = {"key": "never", "timezone": "Europe/Amsterdam"}
    assert violation_pointers(await theo.post("/v1/calendars", json=never)) == ["/weekly"]

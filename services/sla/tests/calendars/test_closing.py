"""A4: what is stored goes on opening for ever; and A5: a new tz release moves nothing that was stored."""

from datetime import UTC, date, datetime, timedelta

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from sla.calendars import commands
from sla.calendars import store as calendars
from sla.calendars.domain import zone as zones
from sla.calendars.domain.calendar import Calendar, always_open, parse_hours
from sla.calendars.domain.closing import MAX_CLOSED_DAYS, closed_from
from sla.calendars.domain.timetable import NeverOpens, Timetable
from sla.calendars.domain.zone import Zone, read_zone
from sla_support.assertions import violation_pointers
from sla_support.calendar_versions import take_effect
from sla_support.company import ACME, AMSTERDAM, announce_customers

ZONE = read_zone("Europe/Amsterdam")
DAY = timedelta(days=1)
MONDAYS = (parse_hours([("09:00", "17:00")]), *[()] * 6)
BEGIN = date(2026, 6, 1)
NINE_TO_FIVE = parse_hours([("09:00", "17:00")])


def days(count: int) -> dict[date, str]:
    return {BEGIN + DAY * number: "shut" for number in range(count)}


def test_a_calendar_with_weekly_hours_goes_on() -> None:
    assert closed_from(always_open(ZONE)) is None
    assert closed_from(Calendar(ZONE, MONDAYS, days(MAX_CLOSED_DAYS - 7))) is None


def test_openings_that_end_are_seen_before_a_timer_runs_into_them() -> None:
    """A4"""
    shut = Calendar(ZONE, MONDAYS, days(MAX_CLOSED_DAYS + 7))
    assert closed_from(shut) == date(2026, 5, 25)
    with pytest.raises(NeverOpens):
        Timetable(shut).after(datetime(2026, 5, 30, tzinfo=UTC), timedelta(hours=1))
    breaks = {
        BEGIN + DAY * n: parse_hours([("00:00", "24:00")]) for n in range(MAX_CLOSED_DAYS + 7)
    }
    assert closed_from(Calendar(ZONE, MONDAYS, breaks=breaks)) == date(2026, 5, 25)
    lunch = {BEGIN + DAY * n: parse_hours([("12:00", "13:00")]) for n in range(MAX_CLOSED_DAYS + 7)}
    assert closed_from(Calendar(ZONE, MONDAYS, breaks=lunch)) is None


def test_overrides_alone_end() -> None:
    once = {BEGIN: NINE_TO_FIVE, BEGIN + DAY: ()}
    assert closed_from(Calendar(ZONE, ((),) * 7, overrides=once)) == BEGIN


async def test_such_a_calendar_is_not_stored(database: Database, theo: AsyncClient) -> None:
    """A4; to compute with, it may be as it is"""
    once = {"timezone": "Europe/Amsterdam", "overrides": {"2026-06-02": [["08:00", "17:00"]]}}
    refused = await theo.post("/v1/calendars", json=once | {"key": "once"})
    assert violation_pointers(refused) == ["/weekly"]
    assert refused.json()["errors"][0]["code"] == "never_opens"
    question = {"after": {"starts_at": "2026-06-01T07:00:00Z", "seconds": 60}}
    asked = {"calendar": once, "questions": [question]}
    assert (await theo.post("/v1/calendars/compute", json=asked)).status_code == 200


async def test_a_target_that_its_calendar_never_reaches_is_not_agreed_on(
    database: Database, theo: AsyncClient
) -> None:
    """A4: its clocks would fail in a handler, and leave a dead letter behind."""
    await announce_customers(database, (ACME, "acme"))
    weekly = {"timezone": "Europe/Amsterdam", "weekly": {"mon": [["08:00", "09:00"]]}}
    targets = [
        {"metric": "resolution", "priority": "major", "target_seconds": 3600 * hours}
        for hours in (500, 600)
    ]
    targets[0]["priority"] = "minor"
    body = {"key": "slow", "customer": "acme", "calendar": weekly, "targets": targets}
    asked = body | {"valid_from": "2026-01-01T00:00:00Z"}
    refused = await theo.post("/v1/agreements", json=asked)
    assert violation_pointers(refused) == ["/targets/1/target_seconds"]
    assert refused.json()["errors"][0]["code"] == "unreachable"
    assert (await theo.post("/v1/agreements", json=asked | {"targets": targets[:1]})).is_success
    once = {"timezone": "Europe/Amsterdam", "overrides": {"2026-06-02": [["08:00", "17:00"]]}}
    ends = await theo.post("/v1/agreements", json=asked | {"calendar": once})
    assert violation_pointers(ends) == ["/calendar/weekly"]


async def test_a_new_tz_release_moves_nothing_that_was_stored(
    database: Database,
    theo: AsyncClient,
    gina: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A5: the zone is stored with the version; only the next version takes the new release."""
    first = (await theo.post("/v1/calendars", json=AMSTERDAM | {"key": "office"})).json()

    def released(name: str) -> Zone:
        return Zone(name, "2031z", (0,), (5 * 3600,))

    monkeypatch.setattr(commands, "read_zone", released)
    monkeypatch.setattr(calendars, "_TIMETABLES", {})
    body = {
        "questions": [
            {"open": {"at": "2026-06-01T14:30:00Z"}},
            {"open": {"at": "2026-06-01T03:30:00Z"}},
        ]
    }
    old = await theo.post("/v1/calendars/compute", json=body | {"calendar": first["id"]})
    assert [one["open"] for one in old.json()["answers"]] == [True, False]
    proposed = await theo.post("/v1/calendars", json=AMSTERDAM | {"key": "office"})
    second = await take_effect(database, gina, proposed)
    assert (first["tz_version"], second["tz_version"]) == (zones.tz_version(), "2031z")
    new = await theo.post("/v1/calendars/compute", json=body | {"calendar": "office"})
    assert [one["open"] for one in new.json()["answers"]] == [False, True]
    again = await theo.post("/v1/calendars/compute", json=body | {"calendar": first["id"]})
    assert again.json() == old.json()

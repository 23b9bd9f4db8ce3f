"""iCalendar: what is exported reads back as the same openings; what is imported is read as it says."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendars.domain.calendar import Calendar, always_open, parse_hours
from sla.calendars.domain.definition import calendar_from_definition
from sla.calendars.domain.feed import BadFeed, Timed
from sla.calendars.domain.ics import parse_feed
from sla.calendars.domain.ics_export import export_year
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla_support.calendar_strategies import ZONE_CHANGES, calendars_near
from sla_support.feeds import feed

AMSTERDAM = read_zone("Europe/Amsterdam")
YEARS = range(2025, 2028)
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def import_definition(*events: str, timed: Timed = "closed") -> dict[str, Any]:
    """What is stored of it, without what is empty."""
    definition = parse_feed(feed(*events), AMSTERDAM, YEARS).to_definition(timed)
    return {name: dates for name, dates in definition.items() if dates}


def openings(calendar: Calendar, year: int) -> list[tuple[datetime, datetime]]:
    """From inside the first to inside the last day, wherever in the world that is."""
    first = datetime(year, 1, 2, tzinfo=UTC)
    return list(Timetable(calendar).openings(first, datetime(year, 12, 30, tzinfo=UTC)))


def round_trip(calendar: Calendar, year: int) -> Calendar:
    exported = export_year(calendar, "office", year, MADE)
    fed = parse_feed(exported, calendar.zone, range(year, year + 1)).to_definition("open")
    return calendar_from_definition({"feed": fed}, calendar.zone)


@settings(max_examples=60, deadline=None)
@given(calendars_near())
def test_what_is_exported_reads_back_as_the_same_openings(drawn: tuple[Calendar, datetime]) -> None:
    calendar, near = drawn
    back = round_trip(calendar, near.year)
    assert openings(back, near.year) == openings(calendar, near.year)


@pytest.mark.parametrize("zone", sorted(ZONE_CHANGES))
def test_around_the_clock_reads_back_too(zone: str) -> None:
    year = 2011 if zone == "Pacific/Apia" else 2026
    calendar = always_open(read_zone(zone))
    assert openings(round_trip(calendar, year), year) == openings(calendar, year)


def test_a_week_is_written_as_one_event_that_recurs() -> None:
    week = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
    holiday = {date(2026, 12, 25): "Christmas Day"}
    written = export_year(Calendar(AMSTERDAM, week, holiday), "office", 2026, MADE).decode()
    assert written.count("BEGIN:VEVENT") == 5 + 1  # the clock changes on Sundays
    assert "DTSTART;TZID=Europe/Amsterdam:20260105T080000" in written
    assert "RRULE:FREQ=WEEKLY;UNTIL=" in written
    assert "SUMMARY:Christmas Day" in written
    assert "BEGIN:VTIMEZONE" in written


def test_all_day_events_are_holidays_and_every_day_of_them() -> None:
    assert import_definition(
        """DTSTART;VALUE=DATE:20261225
        DTEND;VALUE=DATE:20261227
        SUMMARY:Christmas\\, both days
        RRULE:FREQ=YEARLY;UNTIL=20301231
        EXDATE;VALUE=DATE:20271225""".replace("        ", "")
    ) == {
        "holidays": {
            "2026-12-25": "Christmas, both days",
            "2026-12-26": "Christmas, both days",
        }
    }


def test_timed_events_close_or_open_as_is_asked() -> None:
    maintenance = "DTSTART:20260601T220000\nDURATION:PT4H"
    assert import_definition(maintenance) == {
        "breaks": {"2026-06-01": [["22:00", "24:00"]], "2026-06-02": [["00:00", "02:00"]]}
    }
    assert import_definition(maintenance, timed="open") == {
        "overrides": {"2026-06-01": [["22:00", "02:00"]]}
    }
    assert import_definition(maintenance, timed="ignored") == {}


def test_times_of_other_zones_come_to_the_wall_of_the_calendar() -> None:
    assert import_definition("DTSTART:20260601T100000Z\nDTEND:20260601T113000Z") == {
        "breaks": {"2026-06-01": [["12:00", "13:30"]]}
    }
    kathmandu = "DTSTART;TZID=Asia/Kathmandu:20260101T100000\nDURATION:PT1H"
    assert import_definition(kathmandu) == {"breaks": {"2026-01-01": [["05:15", "06:15"]]}}
    # The hour that comes twice in autumn is on the wall once.
    twice = "DTSTART:20261025T000000Z\nDTEND:20261025T020000Z"
    assert import_definition(twice) == {"breaks": {"2026-10-25": [["02:00", "03:00"]]}}


def test_what_is_moved_stands_at_its_new_place_and_what_is_cancelled_nowhere() -> None:
    master = "UID:1\nDTSTART:20260601T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
    moved = "UID:1\nRECURRENCE-ID:20260602T100000\nDTSTART:20260602T150000\nDURATION:PT1H"
    gone = "UID:1\nRECURRENCE-ID:20260603T100000\nDTSTART:20260603T100000\nSTATUS:CANCELLED"
    other = "UID:2\nDTSTART:20260605T100000\nDURATION:PT1H\nSTATUS:CANCELLED"
    assert import_definition(master, moved, gone, other) == {
        "breaks": {
            "2026-06-01": [["10:00", "11:00"]],
            "2026-06-02": [["15:00", "16:00"]],
            "2026-06-04": [["10:00", "11:00"]],
        }
    }


def test_touching_events_longer_than_a_day_stay_whole() -> None:
    long = "DTSTART:20260601T060000\nDTEND:20260604T030000"
    found = import_definition(long, "DTSTART:20260602T200000\nDURATION:PT8H", timed="open")
    table = Timetable(
        calendar_from_definition({"feed": {"holidays": {}, "breaks": {}} | found}, AMSTERDAM)
    )
    begin, end = datetime(2026, 6, 1, 4, tzinfo=UTC), datetime(2026, 6, 4, 1, tzinfo=UTC)
    assert list(table.openings(begin - timedelta(1), end + timedelta(1))) == [(begin, end)]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("SUMMARY:Picnic", "'Picnic': it has no DTSTART"),
        ("DTSTART:2026garbage", "DTSTART"),
        ("DTSTART;TZID=Nowhere/Land:20260101T100000", "Nowhere/Land"),
        ("DTSTART:20260101T100000\nDTEND;VALUE=DATE:20260102", "another kind"),
        ("DTSTART:20260101T100000\nDTEND:20251231T100000", "ends before it begins"),
        ("DTSTART:20260101T100000\nDURATION:P9999D", "more than a year"),
        ("DTSTART:20260101T100000\nRRULE:FREQ=SECONDLY", "FREQ=SECONDLY is not read"),
        ("DTSTART:20260101T100000\nRRULE:FREQ=DAILY;BYMINUTE=1,2", "BYMINUTE is not read"),
        ("DTSTART:20260101T100000\nRRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("DTSTART:20260101T100000\nRRULE:FREQ=DAILY;COUNT=-1", "event"),
        ("DTSTART:20260101T100000\nRRULE:FREQ=BANANA", "event"),
        ("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY", "too long"),
    ],
)
def test_an_event_that_cannot_be_read_is_named(event: str, message: str) -> None:
    with pytest.raises(BadFeed, match=message):
        import_definition(event)


@pytest.mark.parametrize(
    "text", [b"", b"<html>", b"\xff\xfe", b"END:VEVENT", b"BEGIN:VEVENT\nEND:VEVENT"]
)
def test_what_is_no_feed_is_refused(text: bytes) -> None:
    with pytest.raises(BadFeed, match="not a valid iCalendar feed"):
        parse_feed(text, AMSTERDAM, YEARS)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=20))
def test_whatever_stands_in_a_feed_it_is_read_or_refused(lines: list[str], value: str) -> None:
    event = "\n".join(["DTSTART:20260601T100000", f"RRULE:{value}", *lines])
    with suppress(BadFeed):
        assert import_definition(event).keys() <= {"breaks"}

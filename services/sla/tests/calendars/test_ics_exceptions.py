"""EXDATE, RDATE and RECURRENCE-ID mean their occurrence in whatever way they are written.

RFC 5545 wants them written like DTSTART; what calendars export mixes dates, floating times, zones
and UTC. The series here lies around the change to winter time on 25 October 2026.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sla.calendars.domain.definition import calendar_from_definition
from sla.calendars.domain.feed import BadFeed
from sla.calendars.domain.ics import parse_feed
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla_support.feeds import feed

AMSTERDAM, NEW_YORK = read_zone("Europe/Amsterdam"), read_zone("America/New_York")
YEARS = range(2026, 2027)
WORKDAYS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def breaks(*events: str, zone: Any = AMSTERDAM) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = parse_feed(feed(*events), zone, YEARS).to_definition(
        "closed"
    )["breaks"]
    return found


def holidays(*events: str, zone: Any = AMSTERDAM) -> list[date]:
    return sorted(parse_feed(feed(*events), zone, YEARS).holidays)


def december(*days: int) -> list[date]:
    return [date(2026, 12, day) for day in days]


ALL_DAY = "UID:1\nDTSTART;VALUE=DATE:20261214\nRRULE:FREQ=DAILY;COUNT=5\n"
THE_16TH = [
    ";VALUE=DATE:20261216",
    ":20261216T000000",
    ":20261216T000000Z",
    ":20261215T230000Z",
    ";TZID=Europe/Amsterdam:20261216T000000",
    ";TZID=America/New_York:20261216T000000",
    ";TZID=America/New_York:20261215T180000",
]


@pytest.mark.parametrize("written", THE_16TH)
def test_an_all_day_occurrence_is_taken_away_however_its_date_is_written(written: str) -> None:
    assert holidays(ALL_DAY + f"EXDATE{written}") == december(14, 15, 17, 18)


@pytest.mark.parametrize("written", THE_16TH)
def test_an_all_day_occurrence_is_moved_or_cancelled_however_its_date_is_written(
    written: str,
) -> None:
    moved = f"UID:1\nRECURRENCE-ID{written}\nDTSTART;VALUE=DATE:20261222"
    assert holidays(ALL_DAY, moved) == december(14, 15, 17, 18, 22)
    assert holidays(ALL_DAY, f"{moved}\nSTATUS:CANCELLED") == december(14, 15, 17, 18)
    assert holidays(ALL_DAY, f"UID:1\nRECURRENCE-ID{written}\nSTATUS:CANCELLED") == december(
        14, 15, 17, 18
    )


@pytest.mark.parametrize("written", THE_16TH)
def test_an_all_day_occurrence_is_added_however_its_date_is_written(written: str) -> None:
    assert holidays(f"DTSTART;VALUE=DATE:20261201\nRDATE{written}") == december(1, 16)


def test_a_deadline_falls_on_the_day_that_a_feed_leaves_open() -> None:
    """A1: Friday 11 December 16:00 + 2 working hours, the 16th being open."""
    fed = parse_feed(feed(ALL_DAY + "EXDATE:20261216T000000"), AMSTERDAM, YEARS).to_definition(
        "closed"
    )
    table = Timetable(calendar_from_definition({"weekly": WORKDAYS, "feed": fed}, AMSTERDAM))
    started = datetime(2026, 12, 11, 15, tzinfo=UTC)
    assert table.after(started, timedelta(hours=2)) == datetime(2026, 12, 16, 8, tzinfo=UTC)


FIVE_DAYS = ["2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"]
KINDS = {
    "floating": "DTSTART:20261023T100000",
    "own zone": "DTSTART;TZID=Europe/Amsterdam:20261023T100000",
    "other zone": "DTSTART;TZID=Europe/London:20261023T090000",
}
THE_26TH = [
    ":20261026T100000",
    ":20261026T090000Z",
    ";TZID=Europe/Amsterdam:20261026T100000",
    ";TZID=America/New_York:20261026T050000",
    ";VALUE=DATE:20261026",
]
"""10:00 in Amsterdam in all ways: after the change there, before the change in New York."""


def daily(kind: str) -> str:
    return f"UID:1\n{KINDS[kind]}\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n"


def in_its_own_way(kind: str, written: str) -> str:
    """A floating time is on the wall of the series."""
    floating = kind == "other zone" and written == ":20261026T100000"
    return ":20261026T090000" if floating else written


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", THE_26TH)
def test_a_timed_occurrence_is_taken_away_however_it_is_written(kind: str, written: str) -> None:
    found = breaks(daily(kind) + f"EXDATE{in_its_own_way(kind, written)}")
    assert found == {day: [["10:00", "11:00"]] for day in FIVE_DAYS if day != "2026-10-26"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", THE_26TH)
def test_a_timed_occurrence_is_moved_or_cancelled_however_it_is_written(
    kind: str, written: str
) -> None:
    which = f"UID:1\nRECURRENCE-ID{in_its_own_way(kind, written)}\n"
    left = {day: [["10:00", "11:00"]] for day in FIVE_DAYS if day != "2026-10-26"}
    moved = which + "DTSTART;TZID=America/New_York:20261026T080000\nDURATION:PT2H"
    assert breaks(daily(kind), moved) == left | {"2026-10-26": [["13:00", "15:00"]]}
    assert breaks(daily(kind), f"{moved}\nSTATUS:CANCELLED") == left
    assert breaks(daily(kind), f"{which}STATUS:CANCELLED") == left


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", THE_26TH)
def test_a_timed_occurrence_is_added_however_it_is_written(kind: str, written: str) -> None:
    once = f"{KINDS[kind]}\nDURATION:PT1H\nRDATE{in_its_own_way(kind, written)}"
    assert breaks(once) == {day: [["10:00", "11:00"]] for day in ("2026-10-23", "2026-10-26")}


def test_a_series_in_utc_moves_on_the_wall_when_the_clocks_change() -> None:
    utc = "DTSTART:20261023T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n"
    found = breaks(utc + "EXDATE;TZID=Europe/Amsterdam:20261026T090000")
    summer, winter = [["10:00", "11:00"]], [["09:00", "10:00"]]
    expected = dict(zip(FIVE_DAYS, [summer, summer, winter, winter, winter], strict=True))
    assert found == {day: hours for day, hours in expected.items() if day != "2026-10-26"}


def test_another_time_of_the_same_day_is_not_taken_away() -> None:
    """12:00 is neither 10:00 there nor 10:00 in UTC, although one clock shows what another does."""
    lunch = daily("own zone") + "RDATE;TZID=Europe/Amsterdam:20261026T110000\n"
    found = breaks(lunch + "EXDATE;TZID=America/New_York:20261026T060000")
    assert found["2026-10-26"] == [["10:00", "11:00"]]
    utc = breaks(daily("own zone") + "EXDATE:20261026T100000Z")
    assert utc == {day: [["10:00", "11:00"]] for day in FIVE_DAYS}


def test_a_date_takes_every_occurrence_of_its_day_away() -> None:
    twice = daily("own zone") + "RDATE;TZID=Europe/Amsterdam:20261026T150000\n"
    assert breaks(twice)["2026-10-26"] == [["10:00", "11:00"], ["15:00", "16:00"]]
    assert "2026-10-26" not in breaks(twice + "EXDATE;VALUE=DATE:20261026")


def test_a_date_added_as_a_period_lasts_as_long_as_it_says() -> None:
    periods = "RDATE;VALUE=PERIOD:20261102T090000/PT3H,20261103T080000Z/20261103T100000Z"
    assert breaks(f"DTSTART:20261101T090000\nDURATION:PT1H\n{periods}") == {
        "2026-11-01": [["09:00", "10:00"]],
        "2026-11-02": [["09:00", "12:00"]],
        "2026-11-03": [["09:00", "11:00"]],
    }


def test_an_occurrence_may_become_a_whole_day_and_a_whole_day_a_time() -> None:
    whole = "UID:1\nRECURRENCE-ID:20261026T100000\nDTSTART;VALUE=DATE:20261026"
    assert holidays(daily("floating"), whole) == [date(2026, 10, 26)]
    short = "UID:1\nRECURRENCE-ID;VALUE=DATE:20261216\nDTSTART:20261216T090000Z\nDURATION:PT1H"
    assert holidays(ALL_DAY, short) == december(14, 15, 17, 18)
    assert breaks(ALL_DAY, short) == {"2026-12-16": [["10:00", "11:00"]]}


def test_what_changes_for_good_changes_all_that_follow() -> None:
    later = (
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Amsterdam:20261025T100000\n"
        "DTSTART;TZID=Europe/Amsterdam:20261025T140000\nDURATION:PT2H"
    )
    first, then = [["10:00", "11:00"]], [["14:00", "16:00"]]
    expected = dict(zip(FIVE_DAYS, [first, first, then, then, then], strict=True))
    assert breaks(daily("own zone"), later) == expected
    assert breaks(daily("own zone"), f"{later}\nSTATUS:CANCELLED") == {
        day: first for day in FIVE_DAYS[:2]
    }
    with pytest.raises(BadFeed, match="for good more than 100 times"):
        breaks(daily("own zone"), *[later] * 101)


def test_of_revisions_the_newest_counts_and_of_equals_all() -> None:
    old = "UID:1\nSEQUENCE:1\nDTSTART;VALUE=DATE:20261201"
    new = "UID:1\nSEQUENCE:2\nDTSTART;VALUE=DATE:20261202"
    assert holidays(new, old) == december(2)
    same = "UID:1\nSEQUENCE:2\nDTSTART;VALUE=DATE:20261203\nRRULE:FREQ=DAILY;COUNT=2"
    gone = "UID:1\nRECURRENCE-ID;VALUE=DATE:20261204\nSTATUS:CANCELLED"
    assert holidays(new, same, gone) == december(2, 3)


def test_midnight_of_an_all_day_series_is_a_date_west_of_greenwich_too() -> None:
    """Midnight in UTC is what careless exporters write for a date; in New York it is the 15th."""
    for written in (":20261216T000000Z", ":20261216T050000Z", ";VALUE=DATE:20261216"):
        assert holidays(ALL_DAY + f"EXDATE{written}", zone=NEW_YORK) == december(14, 15, 17, 18)


def test_an_exdate_that_is_a_period_is_refused_rather_than_ignored() -> None:
    with pytest.raises(BadFeed, match="an EXDATE is a period"):
        holidays(ALL_DAY + "EXDATE;VALUE=PERIOD:20261216T000000Z/PT24H")

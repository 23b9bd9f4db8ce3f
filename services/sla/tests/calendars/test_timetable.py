"""Calendar arithmetic against the oracle, in zones with odd rules."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sla.calendars.domain.calendar import Calendar, always_open, parse_hours
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.domain.zone import read_zone
from sla_support.calendar_strategies import ZONE_CHANGES, calendars_near
from sla_support.oracle import after, between, is_open

NINE_TO_FIVE = parse_hours([("09:00", "17:00")])
OFFICE = (NINE_TO_FIVE,) * 5 + ((), ())
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@st.composite
def questions(draw: st.DrawFn, zone: str | None = None) -> tuple[Calendar, datetime, datetime]:
    """A calendar, and two instants within three days of an odd change in its zone."""
    calendar, change = draw(calendars_near(zone))
    minutes = st.integers(-3 * 1440, 3 * 1440)
    start, end = sorted(change + timedelta(minutes=draw(minutes)) for _ in range(2))
    return calendar, start, end


@pytest.mark.parametrize("zone", sorted(ZONE_CHANGES))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_open_time_is_what_the_wall_clock_shows(zone: str, data: st.DataObject) -> None:
    """A1, A2: every minute, in every one of the odd zones"""
    calendar, start, end = data.draw(questions(zone))
    table = Timetable(calendar)
    assert table.between(start, end) == between(calendar, start, end)
    assert table.is_open(start) == is_open(calendar, start)


@pytest.mark.parametrize("zone", sorted(ZONE_CHANGES))
@settings(max_examples=20, deadline=None)
@given(data=st.data(), backwards=st.booleans())
def test_an_amount_is_reached_at_the_earliest_instant(
    zone: str, data: st.DataObject, backwards: bool
) -> None:
    """A3; counting back: the latest"""
    calendar, start, end = data.draw(questions(zone))
    table, amount = Timetable(calendar), between(calendar, start, end)
    if backwards:
        assert table.after(end, -amount) == after(calendar, end, -amount)
    else:
        assert table.after(start, amount) == after(calendar, start, amount)


@settings(max_examples=200, deadline=None)
@given(questions(), st.timedeltas(timedelta(0), timedelta(hours=8)))
@example((always_open(read_zone("Asia/Kathmandu")), MONDAY, MONDAY), timedelta(microseconds=1))
def test_between_undoes_after(
    asked: tuple[Calendar, datetime, datetime], amount: timedelta
) -> None:
    """A3, to the microsecond, over amounts that no oracle could count"""
    calendar, start, _ = asked
    table = Timetable(calendar)
    assert table.between(start, table.after(start, amount)) == amount
    assert table.between(table.after(start, -amount), start) == amount


@settings(max_examples=100, deadline=None)
@given(questions(), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_time_adds_up(asked: tuple[Calendar, datetime, datetime], split: timedelta) -> None:
    calendar, start, end = asked
    table, middle = Timetable(calendar), min(start + split, end)
    assert table.between(start, middle) + table.between(middle, end) == table.between(start, end)
    opened = (closes - opens for opens, closes in table.openings(start, end))
    assert sum(opened, timedelta(0)) == table.between(start, end)


@pytest.mark.parametrize("asked_first", [[], [datetime(1990, 1, 1, tzinfo=UTC)]])
def test_what_was_asked_before_changes_no_answer(asked_first: list[datetime]) -> None:
    table = Timetable(Calendar(read_zone("Europe/Amsterdam"), OFFICE))
    for at in asked_first:
        table.is_open(at)
    assert table.after(MONDAY, 4000 * HOUR) == datetime(2028, 5, 1, 9, tzinfo=UTC)


def test_a_deadline_at_closing_time_is_closing_time() -> None:
    """A3"""
    table = Timetable(Calendar(read_zone("Europe/Amsterdam"), OFFICE))
    assert table.after(MONDAY, 6 * HOUR) == datetime(2026, 6, 1, 15, tzinfo=UTC)
    assert table.after(datetime(2026, 6, 1, 15, tzinfo=UTC), -8 * HOUR) == MONDAY - 2 * HOUR


def test_a_repeated_hour_counts_twice_and_a_skipped_one_not_at_all() -> None:
    """A2"""
    nights = Calendar(read_zone("Europe/Amsterdam"), (parse_hours([("02:00", "03:00")]),) * 7)
    table, day = Timetable(nights), timedelta(days=1)
    autumn, spring = (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 3, 28, 23, tzinfo=UTC),
    )
    assert table.between(autumn, autumn + day) == 2 * HOUR
    assert table.between(spring, spring + day) == timedelta(0)


def test_a_date_that_never_was_counts_nothing() -> None:
    """A2: Apia had no 30 December 2011"""
    table = Timetable(always_open(read_zone("Pacific/Apia")))
    start, end = (
        datetime(2011, 12, 30, 9, tzinfo=UTC),
        datetime(2011, 12, 30, 11, tzinfo=UTC),
    )
    assert table.between(start, end) == 2 * HOUR


def test_a_holiday_cuts_the_night_shift_at_midnight() -> None:
    """A1"""
    nights = (parse_hours([("22:00", "06:00")]),) * 7
    zone = read_zone("Europe/Amsterdam")
    table = Timetable(Calendar(zone, nights, {date(2026, 12, 25): "Christmas"}))
    evening = datetime(2026, 12, 24, 21, tzinfo=UTC)
    assert table.after(evening, 2 * HOUR) == evening + 2 * HOUR
    assert table.after(evening, 3 * HOUR) == datetime(2026, 12, 26, 0, tzinfo=UTC)


def test_an_override_keeps_the_shift_that_runs_in_from_the_day_before() -> None:
    """A1"""
    nights = (parse_hours([("22:00", "06:00")]),) * 7
    day = date(2026, 12, 24)
    zone = read_zone("Europe/Amsterdam")
    table = Timetable(Calendar(zone, nights, overrides={day: parse_hours([("10:00", "11:00")])}))
    midnight = datetime(2026, 12, 23, 23, tzinfo=UTC)
    assert table.between(midnight, midnight + 24 * HOUR) == 7 * HOUR


def test_a_calendar_that_never_opens_is_an_error() -> None:
    """A4, whatever was asked before"""
    once = {date(2026, 6, 2): NINE_TO_FIVE}
    table = Timetable(Calendar(read_zone("Europe/Amsterdam"), ((),) * 7, overrides=once))
    assert table.after(MONDAY, 8 * HOUR) == datetime(2026, 6, 2, 15, tzinfo=UTC)
    for ask in (
        lambda: table.after(MONDAY, 9 * HOUR),
        lambda: table.after(MONDAY, -HOUR),
        lambda: table.after(MONDAY + timedelta(days=3000), -HOUR),
        lambda: table.is_open(MONDAY - timedelta(days=1900)),
        lambda: table.between(MONDAY + timedelta(days=1900), MONDAY + timedelta(days=1901)),
    ):
        with pytest.raises(NeverOpens):
            ask()


@pytest.mark.parametrize("year", [1, 1969, 2100, 9999])
def test_a_question_a_thousand_years_off_is_refused(year: int) -> None:
    table = Timetable(always_open(read_zone("Europe/Amsterdam")))
    with pytest.raises(OutOfRange):
        table.is_open(datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(OutOfRange):
        table.after(MONDAY, timedelta(days=30_000))


def test_who_asks_year_by_year_does_not_fill_the_table_year_by_year() -> None:
    """A caller may ask a thousand questions; refilling for each took a minute and a half."""
    filled = []

    class Counting(Timetable):
        def _fill(self, first: int, last: int) -> None:
            filled.append((first, last))
            super()._fill(first, last)

    table = Counting(Calendar(read_zone("Europe/Amsterdam"), OFFICE))
    for year in range(1972, 2098):
        assert table.between(_utc(year, 1, 1), _utc(year, 2, 1)) > timedelta(0)
    assert len(filled) <= 7


def _utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)

"""Extra hours open whatever a calendar says of their time, and nothing else does."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla_support.oracle import MINUTE, between

SUNDAY = datetime(2026, 10, 24, 22, tzinfo=UTC)
"""Midnight in Amsterdam, of the day on which an hour repeats."""
WEEK = (parse_hours([("08:00", "12:00"), ("22:00", "03:00")]),) * 7
minutes = st.integers(0, 3 * 1440)


@st.composite
def extensions(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    first = int(SUNDAY.timestamp())
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        start = first + 60 * draw(minutes)
        spans.append((start, start + 60 * draw(st.integers(1, 600))))
    return tuple(sorted(spans))


@settings(max_examples=60, deadline=None)
@given(extensions(), minutes, st.integers(1, 2000))
def test_extra_hours_count_once_and_only_they_are_added(
    added: tuple[tuple[int, int], ...], start: int, length: int
) -> None:
    zone = read_zone("Europe/Amsterdam")
    closed = {date(2026, 10, 26): "holiday"}
    broken = {date(2026, 10, 25): parse_hours([("09:00", "10:00")])}
    calendar = Calendar(zone, WEEK, closed, {}, broken, added)
    begins = SUNDAY + start * MINUTE
    ends = begins + length * MINUTE
    table = Timetable(calendar)
    assert table.between(begins, ends) == between(calendar, begins, ends)
    counted = table.between(begins, ends)
    if counted > timedelta(0):
        assert table.between(begins, table.after(begins, counted)) == counted

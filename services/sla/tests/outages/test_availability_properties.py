"""Availability compared with a count of every second, and sums that must agree (C12)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.durations import SECOND
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.outages.domain.availability import ZERO, AgreedPeriod, Availability, compute_availability
from sla.outages.domain.availability_month import calendar_month, month_of, next_month
from sla.outages.domain.downtime_budget import threshold_reached_at
from sla.outages.domain.state_timeline import (
    DowntimeInterval,
    Effect,
    Span,
    Window,
    exclude_maintenance,
    union,
)
from sla_support.oracle import is_open

LENGTH = 600
CHANGES = {
    "Europe/Amsterdam": datetime(2026, 10, 25, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 3, 8, 7, tzinfo=UTC),
    "Asia/Kathmandu": datetime(1985, 12, 31, 18, 30, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),
    "Africa/Casablanca": datetime(2026, 3, 22, 2, tzinfo=UTC),
    "Pacific/Apia": datetime(2011, 12, 30, 10, tzinfo=UTC),
}
"""Per zone an instant at which its wall clock does something odd; the period lies around it."""

SHORT = parse_hours(
    [("00:00", "00:02"), ("00:03", "02:01"), ("02:02", "02:58"), ("03:01", "23:59")]
)
TIMETABLES = {zone: Timetable(Calendar(read_zone(zone), (SHORT,) * 7)) for zone in CHANGES}

EFFECTS: tuple[Effect, ...] = ("down", "degraded")
seconds = st.integers(-60, LENGTH + 60)


@st.composite
def availability_inputs(
    draw: st.DrawFn,
) -> tuple[list[AgreedPeriod], list[DowntimeInterval], list[Window], datetime, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    start = CHANGES[zone] - timedelta(seconds=LENGTH // 2)

    def at(second: int) -> datetime:
        return start + second * SECOND

    downtime_intervals = [
        DowntimeInterval(at(first), None if last is None else at(max(first, last)), effect, name)
        for first, last, effect, name in draw(
            st.lists(
                st.tuples(
                    seconds,
                    st.none() | seconds,
                    st.sampled_from(EFFECTS),
                    st.sampled_from(("OUT-1", "OUT-2", "OUT-3")),
                ),
                max_size=5,
            )
        )
    ]
    windows = [
        Window(at(first), at(max(first, last)), "patching")
        for first, last in draw(st.lists(st.tuples(seconds, seconds), max_size=2))
    ]
    pieces = [
        piece for trouble in downtime_intervals for piece in exclude_maintenance(trouble, windows)
    ]
    cut = draw(st.integers(1, LENGTH - 1))
    table = TIMETABLES[zone]
    agreed = [
        AgreedPeriod(at(0), at(cut), table, 0.9),
        AgreedPeriod(at(cut), at(LENGTH), table, 0.8),
    ]
    return agreed, pieces, windows, start, at(LENGTH)


@given(availability_inputs(), st.integers(-10, LENGTH + 10))
@settings(deadline=None)
def test_every_second_counts_once(
    inputs: tuple[list[AgreedPeriod], list[DowntimeInterval], list[Window], datetime, datetime],
    now: int,
) -> None:
    """C12"""
    agreed, downtime_intervals, windows, start, end = inputs
    result = compute_availability(*inputs, start + now * SECOND)
    counted = dict.fromkeys(("agreed", "down", "excluded", "degraded"), ZERO)
    second = start
    while second < min(end, start + now * SECOND):
        if is_open(agreed[0].timetable.calendar, second):
            counted["agreed"] += SECOND
            state = _state(downtime_intervals, windows, second)
            if state in counted:
                counted[state] += SECOND
        second += SECOND
    assert counted == {name: getattr(result, name) for name in counted}
    assert result.budget_downtime == result.down
    assert [p.segment.start for p in result.parts[1:]] == [p.segment.end for p in result.parts[:-1]]
    assert sum((part.agreed_time for part in result.parts), ZERO) == result.agreed


def _state(downtime_intervals: list[DowntimeInterval], windows: list[Window], at: datetime) -> str:
    effects = {
        t.effect for t in downtime_intervals if t.start <= at and (t.end is None or at < t.end)
    }
    in_maintenance = any(window.start <= at < window.end for window in windows)
    assert ("excluded" in effects) <= in_maintenance
    if "down" in effects:
        assert not in_maintenance
        return "down"
    return "excluded" if "excluded" in effects else "degraded" if effects else "up"


@given(availability_inputs(), st.integers(1, LENGTH - 1))
@settings(deadline=None)
def test_two_periods_make_the_whole(
    inputs: tuple[list[AgreedPeriod], list[DowntimeInterval], list[Window], datetime, datetime],
    cut: int,
) -> None:
    agreed, downtime_intervals, windows, start, end = inputs
    middle, now = start + cut * SECOND, end + SECOND
    whole = compute_availability(*inputs, now)
    first = compute_availability(agreed, downtime_intervals, windows, start, middle, now)
    second = compute_availability(agreed, downtime_intervals, windows, middle, end, now)
    for name in ("agreed", "agreed_whole", "down", "excluded", "degraded", "budget"):
        assert getattr(first, name) + getattr(second, name) == getattr(whole, name), name
    assert first.failures.count + second.failures.count == whole.failures.count


@given(availability_inputs(), st.sampled_from((0.5, 0.75, 0.9, 1.0)))
@settings(deadline=None)
def test_the_budget_is_used_up_at_the_crossing_and_not_a_moment_before(
    inputs: tuple[list[AgreedPeriod], list[DowntimeInterval], list[Window], datetime, datetime],
    share: float,
) -> None:
    agreed, *_, end = inputs
    found = compute_availability(*inputs, end)
    at = threshold_reached_at(agreed, found, share)

    def availability_until(until: datetime) -> Availability:
        return compute_availability(*inputs, until)

    assert found.budget is not None
    if at is None:
        assert found.budget_downtime < found.budget * share
        return
    assert availability_until(at).budget_downtime >= found.budget * share
    assert availability_until(at - timedelta(microseconds=1)).budget_downtime < found.budget * share


@given(st.lists(st.tuples(seconds, st.none() | seconds), max_size=8))
def test_a_union_is_the_same_time_in_disjoint_spans(pairs: list[tuple[int, int | None]]) -> None:
    start = CHANGES["Europe/Amsterdam"]
    spans = [
        Span(start + a * SECOND, None if b is None else start + max(a, b) * SECOND)
        for a, b in pairs
    ]
    merged = union(spans)
    for second in range(-61, LENGTH + 62):
        at = start + second * SECOND
        assert _within(spans, at) == _within(merged, at)
        assert sum(_within([one], at) for one in merged) <= 1


def _within(spans: list[Span], at: datetime) -> bool:
    return any(one.start <= at and (one.end is None or at < one.end) for one in spans)


@pytest.mark.parametrize("name", [*sorted(CHANGES), "America/Asuncion", "Africa/Cairo"])
def test_months_touch_and_begin_on_the_wall(name: str) -> None:
    """C12: also where midnight does not exist, or comes twice"""
    zone, there = read_zone(name), ZoneInfo(name)
    day = date(2009, 1, 1)
    while day < date(2026, 1, 1):
        found = calendar_month(day, zone)
        assert found.start.astimezone(there).date() >= day
        assert (found.start - SECOND).astimezone(there).date() < day
        assert month_of(found.start, zone) == found
        assert month_of(found.end - SECOND, zone).first_day in (day, next_month(day))
        day = next_month(day)
        assert calendar_month(day, zone).start == found.end

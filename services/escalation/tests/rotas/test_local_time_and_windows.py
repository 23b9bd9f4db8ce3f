"""Wall-clock time against a brute-force walk over every quarter of an hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rotas.domain import local_time
from escalation.rotas.domain.time_window import Window, is_open, next_open

QUARTER = timedelta(minutes=15)
# A week around a clock change each: an hour, half an hour, at midnight, a whole lost day, none.
WEEKS = [
    ("Europe/Amsterdam", datetime(2026, 3, 27, tzinfo=UTC)),
    ("Europe/Amsterdam", datetime(2026, 10, 23, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 2, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 1, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 2, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 15, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 28, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 3, 27, tzinfo=UTC)),
]
TIMES = st.sampled_from([time(h, m) for h in range(24) for m in (0, 15, 30, 45)])


def week(start: datetime) -> list[datetime]:
    return [start + n * QUARTER for n in range(7 * 96)]


@pytest.mark.parametrize(("zone", "start"), WEEKS)
def test_a_wall_time_means_the_first_instant_that_reaches_it(zone: str, start: datetime) -> None:
    """E16: a skipped time is the first instant after the change, a repeated one its first."""
    shown = [(at, local_time.to_local(at, zone)) for at in week(start)]
    wanted = shown[0][1]
    for at, reached in _first_reached(shown):
        while wanted <= reached:
            assert local_time.to_instant(wanted, zone) == at
            wanted += QUARTER


@pytest.mark.parametrize(("zone", "start"), WEEKS)
def test_the_last_occurrence_is_not_shown_again_afterwards(zone: str, start: datetime) -> None:
    """E16: ends of windows take the last occurrence."""
    shown = [(at, local_time.to_local(at, zone)) for at in week(start)]
    for at, local in shown:
        last = local_time.to_instant(local, zone, last=True)
        assert last == max(a for a, other in shown if other == local) or last > shown[-1][0]
        assert last >= at


def _first_reached(
    shown: list[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    highest: datetime | None = None
    for at, local in shown:
        if highest is None or local > highest:
            highest = local
            yield at, local


@pytest.mark.parametrize(("zone", "start"), WEEKS)
@given(begin=TIMES, end=TIMES, day=st.integers(0, 6))
def test_a_window_is_open_where_the_walk_says(
    zone: str, start: datetime, begin: time, end: time, day: int
) -> None:
    """E15: `[start, end)` of a weekday, running into the next day when it ends before it starts."""
    window = Window(frozenset({day}), begin, end, zone)
    instants = week(start - timedelta(days=2))
    opened = _walked(window, [(at, local_time.to_local(at, zone)) for at in instants])
    for at in instants[192:-192]:
        assert is_open((window,), at) == (at in opened), at


def _walked(window: Window, shown: list[tuple[datetime, datetime]]) -> set[datetime]:
    """The instants from the first that reaches the start until the last that shows the end.

    An end that the clock never shows: until it shows something later (E16).
    """
    dates = {local.date() for _, local in shown} | _lost_days(shown)
    opened: set[datetime] = set()
    for day in (d for d in dates if d.weekday() in window.weekdays):
        begins = datetime.combine(day, window.starts_at)
        ends = datetime.combine(day, window.ends_at)
        if window.ends_at <= window.starts_at:
            ends += timedelta(days=1)
        first = next((n for n, (_, local) in enumerate(shown) if local >= begins), len(shown))
        before = max((n for n, (_, local) in enumerate(shown) if local < ends), default=-1)
        stop = max((n for n, (_, local) in enumerate(shown) if local == ends), default=before + 1)
        opened |= {at for at, _ in shown[first:stop]}
    return opened


def _lost_days(shown: list[tuple[datetime, datetime]]) -> set[date]:
    first, last = shown[0][1].date(), shown[-1][1].date()
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def test_the_next_opening_is_the_earliest_open_instant() -> None:
    """E15: due outside, it waits for the next opening."""
    office = Window(frozenset(range(5)), time(8), time(17), "Europe/Amsterdam")
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    monday = datetime(2026, 3, 30, 6, tzinfo=UTC)  # 08:00 in summer time, which began on Sunday
    assert next_open((office,), saturday) == monday
    assert next_open((office,), monday) == monday
    assert next_open((), saturday) == saturday


def test_a_window_that_a_clock_change_swallows_opens_a_week_later() -> None:
    early = Window(frozenset({6}), time(2, 15), time(2, 45), "Europe/Amsterdam")
    change = datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert next_open((early,), change) == datetime(2026, 4, 5, 0, 15, tzinfo=UTC)


def test_an_end_that_comes_twice_is_its_last_occurrence() -> None:
    """E16: on the night the clocks go back, until one o'clock is until the second one o'clock."""
    night = Window(frozenset({6}), time(0), time(1), "America/New_York")
    second_one = datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert is_open((night,), second_one - timedelta(minutes=1))
    assert not is_open((night,), second_one)

"""Rotas against a brute-force walk that counts hand-offs as the wall clock reaches them."""

from calendar import monthrange
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.rotas.domain import local_time
from escalation.rotas.domain.rota import (
    Layer,
    Override,
    Rota,
    Unit,
    find_gaps,
    hand_off,
    next_turn_over,
    on_call,
    turn_at,
)
from escalation.rotas.domain.time_window import Window
from escalation_support.builders import local

HOUR = timedelta(hours=1)
ZONES = st.sampled_from(
    [
        "Europe/Amsterdam",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "UTC",
    ]
)
STARTS = st.datetimes(local("2026-01-01 00:00"), local("2026-02-28 00:00")).map(
    lambda d: d.replace(minute=d.minute // 15 * 15, second=0, microsecond=0)
)
CHANGES = [
    datetime(2026, m, d, tzinfo=UTC) for m, d in ((3, 7), (3, 27), (4, 3), (10, 3), (10, 24))
]
UNITS: list[tuple[Unit, int]] = [("hours", 1), ("hours", 7), ("days", 1), ("weeks", 1)]


def shift(*people: str, start: datetime, length: int = 1, unit: Unit = "weeks") -> Layer:
    return Layer(people, start, "Europe/Amsterdam", length, unit)


@given(
    zone=ZONES,
    start=STARTS,
    kind=st.sampled_from(UNITS),
    begins=st.sampled_from(CHANGES),
)
def test_the_turn_is_the_number_of_hand_offs_that_the_clock_on_the_wall_has_reached(
    zone: str, start: datetime, kind: tuple[Unit, int], begins: datetime
) -> None:
    """E16: hand-off k is `start_local + k * length` in wall-clock time."""
    unit, length = kind
    layer = Layer(("a", "b", "c"), start, zone, length, unit)
    at, highest = begins, local_time.to_local(begins, zone)
    for _ in range(4 * 96):
        highest = max(highest, local_time.to_local(at, zone))
        assert turn_at(layer, at) == (highest - start) // timedelta(**{unit: length})
        at += HOUR / 4


@given(start=STARTS, length=st.integers(1, 5), ahead=st.integers(0, 40))
def test_a_month_without_the_day_hands_over_on_its_last(
    start: datetime, length: int, ahead: int
) -> None:
    """E16: a month's missing day becomes its last, and the next month has the day again."""
    layer = shift("a", "b", start=start.replace(day=31, month=1), length=length, unit="months")
    local = local_time.to_local(hand_off(layer, ahead), layer.zone)
    assert local.day == monthrange(local.year, local.month)[1]
    assert (local.year - 2026) * 12 + local.month - 1 == ahead * length
    assert turn_at(layer, hand_off(layer, ahead)) == ahead
    assert turn_at(layer, hand_off(layer, ahead) - timedelta(seconds=1)) == ahead - 1


def test_at_the_hand_off_instant_the_new_person_is_on_call() -> None:
    """E3: half-open intervals; the hand-off stays at 09:00 when the clocks change."""
    rota = Rota("night", (shift("sven", "mia", start=local("2026-03-23 09:00")),))
    monday_nine = datetime(2026, 3, 30, 7, tzinfo=UTC)  # summer time began the day before
    assert on_call(rota, monday_nine - timedelta(microseconds=1)) == ("sven",)
    assert on_call(rota, monday_nine) == ("mia",)
    assert on_call(rota, datetime(2026, 3, 22, tzinfo=UTC)) == ()


def test_a_hand_off_in_the_skipped_hour_is_the_first_instant_after_it() -> None:
    """E16."""
    layer = shift("a", "b", start=local("2026-03-28 02:30"), unit="days")
    assert hand_off(layer, 1) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert hand_off(layer, 2) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_hand_off_in_the_repeated_hour_is_its_first_occurrence() -> None:
    """E16."""
    layer = shift("a", "b", start=local("2026-10-24 02:30"), unit="days")
    assert hand_off(layer, 1) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = (NOON - 12 * HOUR, NOON + 12 * HOUR)


def with_overrides(*overrides: Override) -> tuple[str, ...]:
    base = local("2026-05-01 09:00")
    layers = (
        shift("sven", start=base),
        shift("mia", start=base),
        shift("sven", start=base),
    )
    return on_call(Rota("r", layers, overrides), NOON)


def test_layers_add_up_and_name_each_person_once() -> None:
    """E16."""
    assert with_overrides() == ("sven", "mia")


@pytest.mark.parametrize(
    ("overrides", "people"),
    [
        ([Override("remove", *DAY, replaces="sven")], ("mia",)),
        ([Override("add", *DAY, person="omar")], ("sven", "mia", "omar")),
        ([Override("replace", *DAY, person="omar", replaces="sven")], ("omar", "mia")),
        (
            [Override("replace", *DAY, person="omar", replaces="nobody")],
            ("sven", "mia"),
        ),
        # Once, not transitively: who stands in is not replaced again, nor removed.
        (
            [
                Override("replace", *DAY, person="mia", replaces="sven"),
                Override("replace", *DAY, person="omar", replaces="mia"),
            ],
            ("mia", "omar"),
        ),
        (
            [
                Override("replace", *DAY, person="omar", replaces="sven"),
                Override("remove", *DAY, replaces="omar"),
            ],
            ("omar", "mia"),
        ),
        ([Override("remove", NOON - HOUR, NOON, replaces="sven")], ("sven", "mia")),
    ],
)
def test_overrides_change_the_base_once(overrides: list[Override], people: tuple[str, ...]) -> None:
    """E16."""
    assert with_overrides(*overrides) == people


@settings(max_examples=40)
@given(
    hours=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 23)), max_size=3
    ),
    away=st.tuples(st.integers(0, 300), st.integers(1, 40)),
    start=STARTS,
)
def test_gaps_are_exactly_where_nobody_is_on_call(
    hours: list[tuple[int, int, int]], away: tuple[int, int], start: datetime
) -> None:
    """E18: every half hour lies in a gap if and only if nobody is on call then."""
    zone = "Europe/Amsterdam"
    windows = tuple(Window(frozenset({d}), time(a), time(b), zone) for d, a, b in hours)
    since = datetime(2026, 3, 20, tzinfo=UTC)
    left = since + away[0] * HOUR
    override = Override("remove", left, left + away[1] * HOUR, replaces="a")
    rota = Rota("r", (Layer(("a", "b"), start, zone, 1, "days", windows),), (override,))
    until = since + timedelta(days=10)
    gaps = find_gaps(rota, since, until)
    for n in range(10 * 48):
        at = since + n * HOUR / 2
        assert any(a <= at < b for a, b in gaps) == (not on_call(rota, at)), at
    assert all(a[1] < b[0] for a, b in pairwise(gaps))


@settings(max_examples=40)
@given(
    hours=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 23)), max_size=3
    ),
    away=st.tuples(st.integers(0, 300), st.integers(1, 40)),
    start=STARTS,
)
def test_the_next_turn_over_is_the_first_instant_at_which_others_are_on_call(
    hours: list[tuple[int, int, int]], away: tuple[int, int], start: datetime
) -> None:
    """E3: until then the same people are on call at every quarter of an hour, from then on others."""
    zone = "Europe/Amsterdam"
    windows = tuple(Window(frozenset({d}), time(a), time(b), zone) for d, a, b in hours)
    since = datetime(2026, 3, 20, tzinfo=UTC)
    left = since + away[0] * HOUR
    override = Override("remove", left, left + away[1] * HOUR, replaces="a")
    rota = Rota("r", (Layer(("a", "b"), start, zone, 1, "days", windows),), (override,))
    change = next_turn_over(rota, since)
    present = on_call(rota, since)
    last = change.at if change else since + timedelta(days=62)
    at = since
    while at < last:
        assert on_call(rota, at) == present, at
        at += HOUR / 4
    if change:
        assert on_call(rota, change.at) == change.people != present


def test_a_rota_of_one_person_has_no_turn_over() -> None:
    rota = Rota("r", (shift("a", start=local("2026-01-05 09:00")),))
    assert next_turn_over(rota, datetime(2026, 3, 20, tzinfo=UTC)) is None

"""The Kaplan-Meier estimate, computed by hand, and properties of every curve."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.forecasts.domain.survival import (
    EndedCounts,
    SurvivalCurve,
    bin_of,
    bin_start,
    estimate_curve,
    merge_counts,
)

COUNTS = st.builds(EndedCounts, st.integers(0, 50), st.integers(0, 50))
HANDLED = st.dictionaries(st.integers(0, 120), COUNTS, max_size=12)
SECONDS = st.floats(0, 400_000)


def test_a_curve_worked_out_by_hand() -> None:
    """Ten clocks: 2 stop in bin 0, 1 is cancelled in bin 1, 3 stop and 1 is cancelled in bin 2, the
    other 3 still run in bin 3. After bin 0: 8/10; after bin 2, where 7 came: 8/10 * 4/7."""
    found = estimate_curve(
        {0: EndedCounts(2), 1: EndedCounts(0, 1), 2: EndedCounts(3, 1), 3: EndedCounts(0, 3)}
    )
    assert found.survivors == pytest.approx((1, 0.8, 0.8, 0.8 * 4 / 7, 0.8 * 4 / 7))
    assert found.at_risk == (10, 8, 7, 3, 0)
    assert found.survival(bin_start(3)) == pytest.approx(0.8 * 4 / 7)


def test_freireichs_patients() -> None:
    """The textbook's data (6-MP, Freireich 1963; weeks), each week in a bin of its own: censored
    observations are marked 1. S(6) = .857, S(10) = .753, S(13) = .690, S(23) = .448."""
    weeks = [(6, 0)] * 3 + [(6, 1), (7, 0), (9, 1), (10, 0), (10, 1), (11, 1), (13, 0), (16, 0)]
    weeks += [(17, 1), (19, 1), (20, 1), (22, 0), (23, 0), (25, 1), (32, 1), (32, 1), (34, 1)]
    weeks += [(35, 1)]
    handled = merge_counts({week: EndedCounts(1 - censored, censored)} for week, censored in weeks)
    longer = estimate_curve(handled).survivors
    found = [round(longer[week + 1], 3) for week in (6, 7, 10, 13, 16, 22, 23)]
    assert found == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_given_the_age_only_those_that_came_so_far_count() -> None:
    """Of ten, five stop early; of the other five, four take longer than the target."""
    found = estimate_curve({5: EndedCounts(5), 20: EndedCounts(1), 40: EndedCounts(4)})
    assert found.breach_probability(bin_start(10), bin_start(21)) == pytest.approx(4 / 5)
    assert found.breach_probability(0, bin_start(21)) == pytest.approx(4 / 10)


def test_nobody_came_so_far() -> None:
    found = estimate_curve({5: EndedCounts(5)})
    assert found.breach_probability(bin_start(6), bin_start(8)) is None
    assert SurvivalCurve().known_outcomes(0, 100) == 0


def test_clocks_that_still_run_say_nothing_about_later() -> None:
    """A desk's first day: a hundred open, none stopped. Nothing is known of what takes how long."""
    found = estimate_curve({10: EndedCounts(0, 100)})
    assert found.known_outcomes(0, bin_start(30)) == 0
    assert (
        estimate_curve({10: EndedCounts(0, 100), 40: EndedCounts(7)}).known_outcomes(
            0, bin_start(30)
        )
        == 7
    )


def test_a_bin_ends_at_its_edge() -> None:
    assert [bin_of(bin_start(number)) for number in range(1, 180)] == list(range(179))
    assert [bin_of(bin_start(number) * 1.001 + 0.01) for number in range(180)] == list(range(180))
    assert bin_of(0) == bin_of(-1) == 0


@given(HANDLED, SECONDS, SECONDS)
def test_survival_lies_between_0_and_1_and_never_rises(
    handled: dict[int, EndedCounts], one: float, other: float
) -> None:
    found, (early, late) = estimate_curve(handled), sorted((one, other))
    assert 1 >= found.survival(early) >= found.survival(late) >= 0
    assert found.survival(0) == 1


@given(HANDLED, SECONDS, SECONDS, SECONDS)
def test_more_time_left_is_never_worse_and_more_age_never_better(
    handled: dict[int, EndedCounts], one: float, two: float, three: float
) -> None:
    found, (a, b, c) = estimate_curve(handled), sorted((one, two, three))
    short, long, older = (
        found.breach_probability(a, b),
        found.breach_probability(a, c),
        found.breach_probability(b, c),
    )
    if short is not None and long is not None:
        assert 0 <= long <= short <= 1
    if long is not None and older is not None:
        assert older >= long - 1e-9


@given(HANDLED, HANDLED)
def test_groups_are_added_up(one: dict[int, EndedCounts], other: dict[int, EndedCounts]) -> None:
    summed = merge_counts([one, other])
    assert (
        estimate_curve(summed).at_risk[0]
        == estimate_curve(one).at_risk[0] + estimate_curve(other).at_risk[0]
    )

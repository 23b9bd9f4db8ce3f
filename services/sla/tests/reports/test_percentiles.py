"""Histograms add up, and their percentiles are off by less than they say."""

import math

from hypothesis import given
from hypothesis import strategies as st

from sla.reports.domain.percentiles import MAX_RELATIVE_ERROR, Times, bucket_of

SECONDS = st.integers(min_value=0, max_value=10 * 366 * 86_400)


def times_of(seconds: list[int]) -> Times:
    total = Times({})
    for one in seconds:
        total += Times({bucket_of(one): 1}, one)
    return total


@given(st.lists(SECONDS, min_size=1), st.floats(min_value=0.01, max_value=1))
def test_a_percentile_is_off_by_less_than_five_percent(seconds: list[int], share: float) -> None:
    exact = sorted(seconds)[math.ceil(share * len(seconds)) - 1]
    percentile = times_of(seconds).percentile(share)
    assert percentile is not None
    assert abs(percentile - exact) <= exact * (MAX_RELATIVE_ERROR + 1e-9)


@given(st.lists(SECONDS), st.lists(SECONDS))
def test_histograms_add_up(some: list[int], others: list[int]) -> None:
    assert times_of(some) + times_of(others) == times_of(some + others)


def test_of_nothing_there_is_no_percentile() -> None:
    assert (Times({}).percentile(0.5), Times({}).mean) == (None, None)
    assert Times({}).ended == 0

"""Months begin and end at midnight on the customer's own wall, whatever the wall does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendars.domain.month import InvalidMonth, Month, month_of, parse_month, zone_or_utc

ZONES = (
    "Europe/Amsterdam",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "America/Santiago",
)
SECOND = timedelta(seconds=1)
months = st.builds(Month, st.integers(1972, 2098), st.integers(1, 12))


@given(months, st.sampled_from(ZONES))
def test_months_touch_and_every_instant_lies_in_its_own(month: Month, name: str) -> None:
    zone = ZoneInfo(name)
    since, until = month.span(zone)
    assert month.after.span(zone).since == until
    assert month.before.span(zone).until == since
    assert month_of(since, zone) == month_of(until - SECOND, zone) == month
    assert month_of(since - SECOND, zone) == month.before
    assert month_of(until, zone) == month.after


@given(months, st.integers(-600, 600), st.integers(-600, 600))
def test_counting_months_adds_up(month: Month, there: int, further: int) -> None:
    assert month.plus(there).plus(further) == month.plus(there + further)
    assert (month.plus(there) > month) == (there > 0)


def test_a_month_of_samoa_has_no_day_that_samoa_had_not() -> None:
    """Pacific/Apia left out 30 December 2011: the month is a day shorter than it looks."""
    since, until = Month(2011, 12).span(ZoneInfo("Pacific/Apia"))
    assert until - since == timedelta(days=30)


def test_a_midnight_that_does_not_exist_is_the_first_instant_that_does() -> None:
    """In 1991 Jordan's clocks went forward at the midnight that began 1 April's week: here Chile's."""
    zone = ZoneInfo("America/Sao_Paulo")
    since, _ = Month(1987, 11).span(zone)
    assert since == datetime(1987, 11, 1, 2, tzinfo=UTC)
    assert month_of(since, zone) == Month(1987, 11)


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "2026-6", "26-06", "2026-06-01", "", "٢٠٢٦-٠٦", "9999-12", "0000-01"],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidMonth):
        parse_month(text)


@given(months)
def test_a_month_reads_as_it_is_written(month: Month) -> None:
    assert parse_month(str(month)) == month


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "Europe"])
def test_a_zone_that_nobody_knows_is_counted_in_utc_and_says_so(name: str) -> None:
    assert zone_or_utc(name).key == "UTC"

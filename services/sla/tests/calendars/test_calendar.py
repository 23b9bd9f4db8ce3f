"""What counts as hours, and what does not."""

import pytest

from sla.calendars.domain.calendar import BadHours, parse_hours
from sla.calendars.domain.zone import read_zone, tz_version


def test_hours_may_cross_midnight_and_end_at_24_00() -> None:
    """A1"""
    assert parse_hours([("22:00", "06:00"), ("08:00", "12:30")]) == (
        (8 * 3600, 12 * 3600 + 1800),
        (22 * 3600, 30 * 3600),
    )
    assert parse_hours([("00:00", "24:00")]) == parse_hours([("00:00", "00:00")]) == ((0, 86_400),)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("08:00", "12:00"), ("11:00", "17:00")], "overlap"),
        ([("22:00", "06:00"), ("23:00", "24:00")], "overlap"),
        ([("24:00", "08:00")], "cannot start at 24:00"),
        ([("08:00", "24:01")], "ends at 24:00"),
        ([("8:00", "17:00")], "write it like 08:00"),
        ([("08:60", "17:00")], "not a valid time of day"),
        ([("08:00", "٠٩:00")], "not a valid time of day"),
    ],
)
def test_impossible_hours_are_refused_by_name(pairs: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(BadHours, match=message):
        parse_hours(pairs)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "europe/amsterdam"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(LookupError, match="not an IANA time zone"):
        read_zone(name)


def test_a_zone_says_which_release_it_is_from() -> None:
    """A5"""
    assert read_zone("Europe/Amsterdam").version == tz_version() != ""

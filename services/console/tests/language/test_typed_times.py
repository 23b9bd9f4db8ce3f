"""Times as people type them, around the days on which the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from console.language.typed_times import NEVER, NO_TIME, TWICE, typed_time

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-03-02T09:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-07-02T09:00", datetime(2026, 7, 2, 7, tzinfo=UTC)),
        ("", NO_TIME),
        ("tomorrow", NO_TIME),
        ("2026-03-02T09:00+01:00", NO_TIME),
        ("0001-01-01T00:00", NO_TIME),
        ("9999-12-31T23:59", NO_TIME),
        ("2026-03-29T02:30", NEVER),
        ("2026-10-25T02:30", TWICE),
    ],
)
def test_a_typed_time_is_an_instant_or_said_to_be_none(typed: str, expected: object) -> None:
    assert typed_time({"at": typed}, "at", AMSTERDAM) == expected


@pytest.mark.parametrize(("which", "hour"), [("first", 0), ("second", 1)])
def test_of_an_hour_that_comes_twice_one_is_chosen(which: str, hour: int) -> None:
    found = typed_time({"at": "2026-10-25T02:30", "at-which": which}, "at", AMSTERDAM)
    assert found == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)

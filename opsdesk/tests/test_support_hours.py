"""The support hours that the journeys compare sla with, checked by hand."""

from datetime import datetime, timedelta

import pytest

from opsdesk.journeys.support_hours import AMSTERDAM, add_support_hours, next_long_weekend

HOUR = timedelta(hours=1)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2027-03-24T09:00", 4, "2027-03-24T13:00"),
        ("2027-03-24T13:00", 4, "2027-03-24T17:00"),  # at closing time, not next morning (A3)
        ("2027-03-24T06:00", 1, "2027-03-24T09:00"),
        ("2027-03-24T17:00", 1, "2027-03-25T09:00"),
        ("2027-03-25T15:30", 4, "2027-03-30T10:30"),  # Easter and the change of clocks
        ("2027-03-25T15:30", 16, "2027-03-31T13:30"),
        ("2026-12-24T15:30", 4, "2026-12-28T10:30"),  # Christmas on a Friday
    ],
)
def test_support_hours_are_counted_without_weekends_and_holidays(
    start: str, hours: int, end: str
) -> None:
    assert add_support_hours(_at(start), hours * HOUR) == _at(end)


def test_the_next_long_weekend_is_found() -> None:
    assert next_long_weekend(_at("2026-11-22T12:00")) == _at("2026-12-24T15:30")
    assert next_long_weekend(_at("2027-01-10T12:00")) == _at("2027-03-25T15:30")

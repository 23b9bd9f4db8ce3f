"""Instants and spans as people write and read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opsdesk.errors import CliError
from opsdesk.formatting import (
    format_duration,
    format_instant,
    local_zone,
    parse_duration,
    parse_instant,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+3h", timedelta(hours=3)),
        ("90m", timedelta(minutes=90)),
        ("+1d12h", timedelta(hours=36)),
        ("30s", timedelta(seconds=30)),
    ],
)
def test_a_span_is_written_by_its_units(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize("written", ["", "3", "tomorrow", "-3h", "3 hours"])
def test_what_is_no_span_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(CliError, match=r"\+3h"):
        parse_duration(written)


def test_an_instant_without_offset_is_meant_in_the_readers_zone() -> None:
    assert parse_instant("2027-03-26T15:30", AMSTERDAM) == datetime(2027, 3, 26, 14, 30, tzinfo=UTC)
    assert parse_instant("2027-03-26T15:30+05:00").utcoffset() == timedelta(hours=5)


def test_what_is_no_instant_is_refused() -> None:
    with pytest.raises(CliError, match="2027-03-26"):
        parse_instant("next monday")


def test_times_are_read_in_the_readers_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the zone stands beside the time, so that nobody has to guess."""
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    assert format_instant("2027-03-29T08:30:00Z") == "Mon 29 Mar 2027 10:30:00 CEST"
    assert format_instant(None) == "-"


def test_a_zone_that_does_not_exist_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Mars/Olympus")
    assert local_zone() is UTC


def test_durations_are_read_in_hours_and_minutes() -> None:
    assert format_duration(48_600) == "13 hr 30 min"
    assert format_duration(0) == "0 sec"
    assert format_duration(None) == "-"

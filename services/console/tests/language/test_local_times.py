"""What people type in their own zone becomes the instant that they mean, or a question."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from console.language.local_times import FORMAT, NoInstant, read_local

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = st.sampled_from(
    [AMSTERDAM, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
)
MINUTES = st.integers(0, 60 * 24 * 365 * 20).map(
    lambda minutes: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(MINUTES, ZONES)
def test_what_is_written_is_read_as_the_same_instant(instant: datetime, zone: ZoneInfo) -> None:
    written = instant.astimezone(zone).strftime(FORMAT)
    found = read_local(written, zone)
    if isinstance(found, NoInstant):
        assert found.why == "twice"
        assert instant in {read_local(written, zone, hour) for hour in ("first", "second")}
    else:
        assert found == instant


def test_a_time_that_clocks_skip_is_refused() -> None:
    assert read_local("2026-03-29T02:30", AMSTERDAM) == NoInstant("skipped")


def test_a_time_that_comes_twice_is_asked_about() -> None:
    assert read_local("2026-10-25T02:30", AMSTERDAM) == NoInstant("twice")
    first = read_local("2026-10-25T02:30", AMSTERDAM, "first")
    second = read_local("2026-10-25T02:30", AMSTERDAM, "second")
    assert (first, second) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


def test_what_is_no_time_is_none() -> None:
    for text in ("", "tomorrow", "2026-13-01T00:00", "25-10-2026 12:00"):
        assert read_local(text, AMSTERDAM) == NoInstant("unreadable")

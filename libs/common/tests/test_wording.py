"""Durations and instants in words: exact, the same everywhere, and in more than one language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.wording import SECOND, format_duration, format_instant

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = datetime(2026, 6, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(hours=1, minutes=30), "1 hr 30 min"),
        (191.5 * 3600, "191 hr 30 min"),
        (timedelta(days=2), "48 hr"),
        (3605, "1 hr 5 sec"),
        (40, "40 sec"),
        (0, "0 sec"),
        (timedelta(microseconds=999_999), "0 sec"),
        (-7200, "-2 hr"),
    ],
)
def test_a_duration_is_told_to_the_second_in_hours_at_most(
    span: timedelta | float, words: str
) -> None:
    assert format_duration(span) == words


@given(st.integers(0, 10**9))
def test_nothing_is_rounded_away(seconds: int) -> None:
    units = {"hr": 3600, "min": 60, "sec": 1}
    words = format_duration(seconds * SECOND).split()
    pairs = zip(words[::2], words[1::2], strict=True)
    assert sum(int(count.replace(",", "")) * units[unit] for count, unit in pairs) == seconds


def test_other_languages_have_their_own_words() -> None:
    assert format_duration(5025, locale="de") == "1 Std. 23 Min. 45 Sek."
    assert format_duration(5025, locale="nl") == "1 uur 23 min 45 sec"


def test_an_instant_is_told_on_the_readers_wall() -> None:
    assert format_instant(MORNING, AMSTERDAM) == "Mon 01 Jun 2026 09:00:00 CEST"
    assert format_instant(MORNING, UTC, seconds=False) == "Mon 01 Jun 2026 07:00 UTC"
    parts = MORNING + timedelta(milliseconds=123.9)
    assert format_instant(parts, AMSTERDAM) == "Mon 01 Jun 2026 09:00:00.123 CEST"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    words = [format_instant(first + n * timedelta(hours=1), AMSTERDAM) for n in (0, 1)]
    assert words == ["Sun 25 Oct 2026 02:30:00 CEST", "Sun 25 Oct 2026 02:30:00 CET"]

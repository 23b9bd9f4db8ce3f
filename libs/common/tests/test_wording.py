"""Durations and instants in words: exact, the same everywhere, and in more than one language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.wording import SECOND, format_duration, format_instant, is_question

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


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which button did you press?", True),
        ("Welke knop?", True),
        ("\u3069\u306e\u30dc\u30bf\u30f3\u3092\u62bc\u3057\u307e\u3057\u305f\u304b\uff1f", True),
        ("Do you run version 1.4.2?", True),
        ("Could you\nsend it?", True),
        ("We looked at it. Which button did you press?\nThanks, Anna", True),
        ("?", False),
        ("ok?", False),
        ("????????????", False),
        ("a a a a?", False),
        ("aaaaaaaaaaaa?", False),
        ("We look at it.", False),
        ("We look at it. ?", False),
        ("", False),
    ],
)
def test_a_question_has_words_and_a_question_mark(text: str, asks: bool) -> None:
    """R1: a pause of the customer's clocks is no mark alone"""
    assert is_question(text) == asks


def test_a_long_text_is_read_in_linear_time() -> None:
    """Ten times as long takes about ten times as long, not a hundred times"""
    assert not is_question("a. " * 200_000)
    assert not is_question("?" * 600_000)

"""Instants and lengths in the reader's words and zone."""

from datetime import UTC, datetime, timedelta

import pytest

from console.language.chosen import Reader, choose_language, choose_zone
from console.language.times import at, duration, in_full, left, working_time

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def reader(language: str = "en", zone: str = "Europe/Amsterdam") -> Reader:
    return Reader(language, choose_zone(zone), NOON)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "< 1 min"),
        (timedelta(minutes=41), "41 min"),
        (timedelta(hours=3, minutes=10), "3 h 10 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(days=3, minutes=5), "3 d"),
    ],
)
def test_a_length_has_two_units_at_most(length: timedelta, words: str) -> None:
    assert duration("en", length) == words
    assert duration("en", -length) == words


def test_how_much_is_left_is_counted_from_the_moment_of_the_page() -> None:
    assert left(reader(), NOON + timedelta(minutes=18)) == "in 18 min"
    assert left(reader("nl"), NOON - timedelta(hours=2)) == "2 u geleden"
    assert left(reader("de"), NOON) == "vor < 1 Min"


def test_today_needs_no_date_and_another_day_does() -> None:
    assert at(reader(), NOON + timedelta(hours=1)) == "14:00"
    assert at(reader(), NOON + timedelta(days=1)) == "Tue 3 Mar 13:00"
    assert at(reader(), NOON - timedelta(days=400)) == "26 Jan 2025 13:00"


def test_the_title_names_the_zone() -> None:
    assert in_full(reader(), NOON) == "Monday 2 March 2026, 13:00 Central European Standard Time"


def test_two_readers_of_one_instant_have_it_each_in_their_zone_and_language() -> None:
    there = reader(zone="America/New_York")
    assert "13:00 Central European" in in_full(reader(), NOON)
    assert "07:00 Eastern" in in_full(there, NOON)
    assert in_full(reader("de"), NOON).startswith("Montag")
    assert in_full(there, NOON + timedelta(seconds=59)) == in_full(there, NOON)


@pytest.mark.parametrize(
    ("preferences", "language"),
    [
        ((None, None, "nl,en;q=0.5"), "nl"),
        ((None, None, "fr, de-AT;q=0.8, en;q=0.9"), "en"),
        ((None, "de", "nl"), "de"),
        (("en", "de", "nl"), "en"),
        ((None, None, "fr;q=1"), "en"),
        ((None, None, "nl;q=0, de;q=0.1"), "de"),
        ((None, None, ";;,q=,nl;q=x"), "en"),
        ((None, None, None), "en"),
    ],
)
def test_the_language_is_chosen_then_the_issuers_then_the_browsers(
    preferences: tuple[str | None, ...], language: str
) -> None:
    assert choose_language(*preferences) == language


def test_a_zone_that_does_not_exist_is_nobodys() -> None:
    assert choose_zone("Mars/Olympus", None, "Europe/Rome").key == "Europe/Rome"
    assert choose_zone(None).key == "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(hours=40), "40 h"),
        (timedelta(hours=3, minutes=30), "3 h 30 min"),
        (timedelta(minutes=15), "15 min"),
    ],
)
def test_counted_time_is_written_in_hours(length: timedelta, written: str) -> None:
    assert working_time("en", length) == written

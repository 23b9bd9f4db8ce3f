"""The words of reviews and leadership reports, and how they compare figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from sla.calendars.domain.month import parse_month
from sla.rendering import notation
from sla.rendering.words import Catalogue
from sla.reviews.documents.vocabulary import (
    dutch_operations,
    english_operations,
    german_operations,
    review_dutch,
    review_english,
    review_german,
)

REVIEWS: Final = Catalogue(
    {
        "en": {**review_english.ENGLISH, **english_operations.ENGLISH},
        "nl": {**review_dutch.DUTCH, **dutch_operations.DUTCH},
        "de": {**review_german.GERMAN, **german_operations.GERMAN},
    }
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that stand for keys: our people by account, services by key."""

    people: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)

    def person(self, account: str | None) -> str:
        return "" if account is None else self.people.get(account, account)

    def service(self, key: str) -> str:
        return self.services.get(key, key)


@dataclass(frozen=True, slots=True)
class Formats(notation.Formats):
    """How a reader of a review writes figures; instants are those of `zone`."""

    names: Names = field(default_factory=Names)

    @classmethod
    def of(cls, language: str, zone: str, names: Names | None = None) -> "Formats":
        """Return those of a review in this language, else in English."""
        return cls(REVIEWS.words(language), ZoneInfo(zone), names or Names())

    def month_of(self, key: str) -> str:
        """Return a month such as `June 2026` for its key `2026-06`."""
        return self.month(parse_month(key).first)

    def points(self, difference: float) -> str:
        """Return the size of a difference of two shares, in percentage points."""
        return self.number(abs(_points(difference)))

    def compare_counts(self, current: int, previous: int) -> str:
        """Return the difference of two counts in words: `3 more than the month before`."""
        if current == previous:
            return self.words("same")
        name = "more" if current > previous else "fewer"
        return self.words(name, count=self.number(abs(current - previous)))

    def compare_shares(self, current: float | None, previous: float | None) -> str:
        """Return the difference of two shares in words, in percentage points."""
        if current is None or previous is None:
            return self.words("nothing_to_compare")
        difference = current - previous
        if not _points(difference):
            return self.words("same")
        return self.say_points("up" if difference > 0 else "down", difference)

    def say_points(self, name: str, difference: float, **values: object) -> str:
        """Return the words of this name for a difference of two shares, which are not equal."""
        number = "one" if abs(_points(difference)) == 1 else "many"
        return self.words(f"{name}_{number}", points=self.points(difference), **values)


def _points(difference: float) -> float:
    return round(difference * 100, 1)

"""A calendar: its hours by the week, and what differs from them in a year. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from console.figures import WEEKDAYS
from console.upstream.part import Part, data_of

ACTS: Final = ("publish", "withdraw")


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day of the year that is not as its weekday: `name` of a holiday, or other hours."""

    day: date
    name: str | None
    hours: str | None


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The page of a version, with a year of it. `week` has the hours of each weekday, empty where closed."""

    calendar: Mapping[str, Any]
    zone: str
    week: tuple[tuple[str, str], ...]
    year: int
    days: tuple[SpecialDay, ...]

    @property
    def is_proposed(self) -> bool:
        return bool(self.calendar.get("state") == "proposed")


def calendar_page(part: Part, year: int) -> CalendarPage:
    calendar = data_of(part)
    assert calendar is not None, "without it there is another page"
    definition = calendar["definition"]
    weekly = definition.get("weekly") or {}
    days = sorted(_special_days(definition, year), key=lambda one: one.day)
    return CalendarPage(
        calendar,
        definition.get("timezone", ""),
        tuple((name, _hours(weekly.get(name) or ())) for name in WEEKDAYS),
        year,
        tuple(days),
    )


def _special_days(definition: Mapping[str, Any], year: int) -> Iterable[SpecialDay]:
    for holiday, name in _holidays(definition.get("holidays") or ()):
        if holiday.year == year:
            yield SpecialDay(holiday, name, None)
    for day, hours in (definition.get("overrides") or {}).items():
        if (found := date.fromisoformat(day)).year == year:
            yield SpecialDay(found, None, _hours(hours))


def _holidays(holidays: Any) -> Iterable[tuple[date, str | None]]:
    """Return holidays with their names: sla writes a map of days to names, or a list of days."""
    if isinstance(holidays, Mapping):
        return ((date.fromisoformat(day), name) for day, name in holidays.items())
    return ((date.fromisoformat(day), None) for day in holidays)


def _hours(spans: Iterable[Iterable[str]]) -> str:
    return ", ".join(" to ".join(span) for span in spans)

"""The definition of a calendar as JSON, and a zone as stored JSON. Pure.

A definition has these members:

- `timezone`: an IANA name
- `weekly`: hours by weekday, `{"mon": [["08:00", "17:00"]]}`; a missing weekday is closed
- `holidays`: a list of dates, or an object of dates and names
- `overrides`, `breaks`: hours by date, `{"2026-12-24": [["08:00", "12:00"]]}`
- `feed`: `holidays`, `overrides` and `breaks` as they were imported. A date's own override precedes
  the overrides and holidays of the feed; breaks of the feed are added
- `extensions`: pairs of RFC 3339 instants, which agreements add around a go-live
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sla.calendars.domain.calendar import WEEKDAYS, BadHours, Calendar, Hours, Span, parse_hours
from sla.calendars.domain.zone import Zone


class BadDefinition(ValueError):
    """A definition that is not valid. `errors` has all messages, by JSON pointer into it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def calendar_from_definition(definition: Mapping[str, Any], zone: Zone) -> Calendar:
    """The calendar of a definition. `zone` is that of its `timezone`. Raises BadDefinition."""
    errors: dict[str, str] = {}
    weekly = tuple(
        _parse_hours(definition.get("weekly", {}).get(day, ()), f"/weekly/{day}", errors)
        for day in WEEKDAYS
    )
    overrides = _hours_by_date(definition, "overrides", "", errors)
    breaks = _hours_by_date(definition, "breaks", "", errors)
    holidays = _parse_holidays(definition.get("holidays") or ())
    if feed := definition.get("feed"):
        feed_holidays = {
            d: n for d, n in _parse_holidays(feed["holidays"]).items() if d not in overrides
        }
        holidays = feed_holidays | holidays
        overrides = _hours_by_date(feed, "overrides", "/feed", errors) | overrides
        for day, spans in _hours_by_date(feed, "breaks", "/feed", errors).items():
            breaks[day] = tuple(sorted((*breaks.get(day, ()), *spans)))
    if errors:
        raise BadDefinition(errors)
    return Calendar(zone, weekly, holidays, overrides, breaks, extensions=_extensions(definition))


def _hours_by_date(
    definition: Mapping[str, Any], name: str, pointer: str, errors: dict[str, str]
) -> dict[date, Hours]:
    return {
        _parse_date(day): _parse_hours(pairs, f"{pointer}/{name}/{day}", errors)
        for day, pairs in (definition.get(name) or {}).items()
    }


def _extensions(definition: Mapping[str, Any]) -> tuple[Span, ...]:
    pairs = definition.get("extensions", ())
    return tuple(sorted((_epoch_second(start), _epoch_second(end)) for start, end in pairs))


def _epoch_second(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


def zone_to_json(zone: Zone) -> dict[str, Any]:
    return {
        "name": zone.name,
        "version": zone.version,
        "since": zone.since,
        "offsets": zone.offsets,
    }


def zone_from_json(stored: Mapping[str, Any]) -> Zone:
    return Zone(stored["name"], stored["version"], tuple(stored["since"]), tuple(stored["offsets"]))


def _parse_hours(pairs: Any, pointer: str, errors: dict[str, str]) -> Hours:
    try:
        return parse_hours((start, end) for start, end in pairs)
    except BadHours as error:
        errors[pointer] = str(error)
        return ()


def _parse_holidays(holidays: Any) -> dict[date, str]:
    named = (
        holidays.items()
        if isinstance(holidays, Mapping)
        else ((day, "holiday") for day in holidays)
    )
    return {_parse_date(day): name for day, name in named}


def _parse_date(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)

"""A calendar as JSON, the way people and portals write it, and a zone as it is stored. Pure.

`{"timezone", "weekly": {"mon": [["08:00", "17:00"]]}, "holidays": …, "overrides", "breaks"}`;
`holidays` is a list of dates, or an object of dates and names. `feed` holds the same three as they
were imported: its overrides and holidays yield to a date's own override, its breaks come on top.
`extensions`, which agreements add around a go-live, are pairs of RFC 3339 instants.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sla.calendars.domain.calendar import WEEKDAYS, BadHours, Calendar, Hours, Span, hours
from sla.calendars.domain.zone import Zone


class BadDefinition(ValueError):
    """`wrong`: what is wrong by JSON pointer into the definition, all at once."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(wrong.values()))
        self.wrong = wrong


def calendar_of(told: Mapping[str, Any], zone: Zone) -> Calendar:
    """The calendar. Raises BadDefinition."""
    wrong: dict[str, str] = {}
    weekly = tuple(
        _hours(told.get("weekly", {}).get(day, ()), f"/weekly/{day}", wrong) for day in WEEKDAYS
    )
    overrides = _dated(told, "overrides", "", wrong)
    breaks = _dated(told, "breaks", "", wrong)
    holidays = _holidays(told.get("holidays") or ())
    if feed := told.get("feed"):
        fed = {d: n for d, n in _holidays(feed["holidays"]).items() if d not in overrides}
        holidays = fed | holidays
        overrides = _dated(feed, "overrides", "/feed", wrong) | overrides
        for day, spans in _dated(feed, "breaks", "/feed", wrong).items():
            breaks[day] = tuple(sorted((*breaks.get(day, ()), *spans)))
    if wrong:
        raise BadDefinition(wrong)
    return Calendar(zone, weekly, holidays, overrides, breaks, extensions=_extensions(told))


def _dated(
    told: Mapping[str, Any], name: str, place: str, wrong: dict[str, str]
) -> dict[date, Hours]:
    return {
        _date(day): _hours(pairs, f"{place}/{name}/{day}", wrong)
        for day, pairs in (told.get(name) or {}).items()
    }


def _extensions(told: Mapping[str, Any]) -> tuple[Span, ...]:
    pairs = told.get("extensions", ())
    return tuple(sorted((_second(start), _second(end)) for start, end in pairs))


def _second(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


def zone_as_json(zone: Zone) -> dict[str, Any]:
    return {
        "name": zone.name,
        "version": zone.version,
        "since": zone.since,
        "offsets": zone.offsets,
    }


def zone_of(told: Mapping[str, Any]) -> Zone:
    return Zone(told["name"], told["version"], tuple(told["since"]), tuple(told["offsets"]))


def _hours(pairs: Any, pointer: str, wrong: dict[str, str]) -> Hours:
    try:
        return hours((start, end) for start, end in pairs)
    except BadHours as refused:
        wrong[pointer] = str(refused)
        return ()


def _holidays(told: Any) -> dict[date, str]:
    named = told.items() if isinstance(told, Mapping) else ((day, "holiday") for day in told)
    return {_date(day): name for day, name in named}


def _date(told: str | date) -> date:
    return told if isinstance(told, date) else date.fromisoformat(told)

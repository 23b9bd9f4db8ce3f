"""The support hours of a contract: one table for each different calendar, and the days that differ. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sla.agreements.documents.contract_formats import Formats
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.calendars.domain.calendar import Calendar
from sla.rendering.document import Column, Section, Table
from sla.rendering.notation import capitalised
from sla.rendering.words import Words

OWN_HOLIDAY = "holiday"
"""The name that a calendar stores for a closed date without one."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates `first..last` of which a paper names the days that differ."""

    first: date
    last: date

    @classmethod
    def of(cls, version: Agreement, formats: Formats, at: datetime) -> "Dates":
        """Return this year and the next, as far as the agreement is valid."""
        year = max(at, version.valid_from).astimezone(formats.zone).year
        first, last = date(year, 1, 1), date(year + 1, 12, 31)
        first = max(first, version.valid_from.astimezone(formats.zone).date())
        if version.valid_until is not None:
            end = (version.valid_until - timedelta(seconds=1)).astimezone(formats.zone).date()
            last = min(last, end)
        return cls(first, last)


def hours_section(
    version: Agreement, calendars: Mapping[UUID, Calendar], dates: Dates, formats: Formats
) -> Section:
    """The hours of each priority, by the calendars of the version, and whether later ones replace them."""
    groups = _priorities_by_calendar(version, calendars)
    tables = [
        table
        for calendar, priorities in groups
        for table in _tables(calendar, priorities, dates, formats, len(groups) == 1)
    ]
    note = formats.words("hours_pinned" if version.pinned else "hours_follow")
    return Section(formats.words("hours"), (note,), tables=tuple(tables))


def _priorities_by_calendar(
    version: Agreement, calendars: Mapping[UUID, Calendar]
) -> list[tuple[Calendar, list[str]]]:
    """Each different calendar, with the priorities whose hours it has."""
    groups: list[tuple[Calendar, list[str]]] = []
    for priority in PRIORITIES:
        calendar = calendars[version.calendar_for(priority)]
        for known, priorities in groups:
            if _has_same_hours(known, calendar):
                priorities.append(priority)
                break
        else:
            groups.append((calendar, [priority]))
    return groups


def _has_same_hours(one: Calendar, other: Calendar) -> bool:
    """Whether two calendars are open alike, apart from extra cover, which has its own section."""
    names = ("weekly", "holidays", "overrides", "breaks")
    same = all(getattr(one, name) == getattr(other, name) for name in names)
    return same and one.zone.name == other.zone.name


def _tables(
    calendar: Calendar, priorities: list[str], dates: Dates, formats: Formats, is_only: bool
) -> Iterator[Table]:
    words = formats.words
    named = formats.names_of([words(priority) for priority in priorities])
    yield Table(
        (Column(words("day"), weight=1), Column(words("open"), weight=3)),
        list(_week(calendar, formats)),
        footnote=words("in_zone", zone=calendar.zone.name),
        caption=words("hours_for_all") if is_only else words("hours_for", priorities=named),
        has_head=False,
    )
    if days := _different_days(calendar, dates, formats):
        yield _days_table(days, calendar, dates, formats)


def _week(calendar: Calendar, formats: Formats) -> Iterator[tuple[str, str]]:
    """The weekdays with their hours, equal ones in a row in one line."""
    first = 0
    for day in range(1, 8):
        if day == 7 or calendar.weekly[day] != calendar.weekly[first]:
            last = "" if day - 1 == first else f" - {formats.weekday(day - 1)}"
            name = capitalised(formats.weekday(first)) + last
            yield name, formats.hours(calendar.weekly[first])
            first = day


def _days_table(
    days: list[tuple[str, str, str]], calendar: Calendar, dates: Dates, formats: Formats
) -> Table:
    words = formats.words
    last = max((*calendar.holidays, *calendar.overrides, *calendar.breaks))
    return Table(
        (
            Column(words("date"), weight=1.4),
            Column(words("name"), weight=2),
            Column(words("hours_of_day"), weight=1.6),
        ),
        days,
        footnote=words("further_days", last=formats.day(last)) if last > dates.last else "",
        caption=words(
            "different_days", first=formats.day(dates.first), last=formats.day(dates.last)
        ),
    )


def _different_days(
    calendar: Calendar, dates: Dates, formats: Formats
) -> list[tuple[str, str, str]]:
    """The days on which it is not open as in the week, as (date, occasion, hours)."""
    days = sorted({*calendar.holidays, *calendar.overrides, *calendar.breaks})
    return [
        (formats.weekday_and_day(day), *_describe_day(calendar, day, formats))
        for day in days
        if dates.first <= day <= dates.last and _differs(calendar, day)
    ]


def _differs(calendar: Calendar, day: date) -> bool:
    """Whether something changes on that day: a holiday on a closed Sunday changes nothing."""
    regular = bool(calendar.weekly[day.weekday()])
    return regular or (day in calendar.overrides and day not in calendar.holidays)


def _describe_day(calendar: Calendar, day: date, formats: Formats) -> tuple[str, str]:
    words = formats.words
    if name := calendar.holidays.get(day):
        is_own = name == OWN_HOLIDAY
        return _own_name(words) if is_own else name, words("closed")
    hours = calendar.overrides.get(day, calendar.weekly[day.weekday()])
    open_hours = formats.hours(hours)
    if breaks := calendar.breaks.get(day):
        closed = words("break", hours=formats.hours(breaks))
        open_hours = f"{open_hours}, {closed}"
    return words("own_hours"), open_hours


def _own_name(words: Words) -> str:
    return words("own_closing_day")

"""Calendars as callers write them, and from there to the pure core."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator

from common.auth import Caller
from common.errors import ValidationFailed, Violation
from common.http import RequestModel
from common.persistence.database import Connection
from sla.calendars import store as calendars
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.definition import BadDefinition, calendar_of
from sla.calendars.domain.holiday import NoSuchCountry, public_holidays
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.domain.zone import read_zone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Time = Annotated[str, Field(min_length=5, max_length=8, examples=["08:00"])]
HoursAsked = Annotated[list[tuple[Time, Time]], Field(max_length=12)]
Dated = Annotated[dict[date, HoursAsked], Field(max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
LONGEST_SECONDS = 10 * 366 * 86_400
"""Ten years: longer than anything that is promised."""


class PublicHolidays(RequestModel):
    """All public holidays of a country (and subdivision), as the `holidays` package knows them."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(min_length=1, max_length=10)] | None = None


class CalendarAsked(RequestModel):
    """Weekly hours on the wall clock of a zone; a weekday that is missing is closed (A1)."""

    timezone: Annotated[str, Field(max_length=100, examples=["Europe/Amsterdam"])]
    weekly: dict[Weekday, HoursAsked] = Field(default_factory=dict)
    holidays: Annotated[list[date], Field(max_length=2000)] = Field(default_factory=list)
    overrides: Dated = Field(default_factory=dict)
    breaks: Dated = Field(default_factory=dict)


_NAME: TypeAdapter[str] = TypeAdapter(Name)


def _either(given: Any, read: ValidatorFunctionWrapHandler) -> CalendarAsked | str:
    """What is wrong is said of what was meant, and of nothing else: pydantic tries both, and puts
    the name of each into the place of the error."""
    if isinstance(given, CalendarAsked):
        return given
    if isinstance(given, dict):
        return CalendarAsked.model_validate(given)
    return _NAME.validate_python(given)


CalendarWish = Annotated[CalendarAsked | Name, WrapValidator(_either)]
"""A calendar written out, or the id or key of a stored one."""


def id_or_key(name: str) -> UUID | str:
    try:
        return UUID(name)
    except ValueError:
        return name


def definition_of(
    asked: CalendarAsked, public: tuple[PublicHolidays, ...] = (), years: range = range(0)
) -> dict[str, Any]:
    """What is stored of a calendar: public holidays by their names, except on dates with own hours."""
    named: dict[str, str] = {}
    for index, one in enumerate(public):
        try:
            found = public_holidays(one.country, one.subdivision, years)
        except NoSuchCountry as unknown:
            raise _wrong(f"/public_holidays/{index}", "unknown", str(unknown)) from None
        named |= {str(day): name for day, name in found.items() if day not in asked.overrides}
    own = {str(day): "holiday" for day in asked.holidays}
    told = asked.model_dump(mode="json", include={"timezone", "weekly", "overrides", "breaks"})
    return {**told, "holidays": own | named}


def built(definition: dict[str, Any], pointer: str) -> Calendar:
    """The calendar of a definition. Raises Invalid, naming every wrong hour below `pointer`."""
    try:
        zone = read_zone(definition["timezone"])
    except LookupError as unknown:
        raise _wrong(f"{pointer}/timezone", "timezone", str(unknown.args[0])) from None
    try:
        return calendar_of(definition, zone)
    except BadDefinition as bad:
        wrong = [Violation(pointer + at, "hours", said) for at, said in bad.wrong.items()]
        raise ValidationFailed(wrong) from None


async def timetable_of(
    tx: Connection, caller: Caller, wish: CalendarAsked | str, pointer: str
) -> Timetable:
    """The timetable of the calendar that somebody wishes to count by. Raises Invalid."""
    if isinstance(wish, CalendarAsked):
        return Timetable(built(definition_of(wish), pointer))
    # Stored calendars are conditions between us and one customer; which one, they do not say.
    found = None if caller.customer else await calendars.find(tx, id_or_key(wish))
    if found is None:
        raise _wrong(
            pointer, "unknown", f"there is no calendar {wish!r}; GET /v1/calendars lists them"
        )
    return (await calendars.timetables(tx, [found.id]))[found.id]


def unanswerable(error: NeverOpens | OutOfRange, pointer: str) -> ValidationFailed:
    code = "never_opens" if isinstance(error, NeverOpens) else "out_of_range"
    return _wrong(pointer, code, str(error))


def _wrong(pointer: str, code: str, detail: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, detail)])

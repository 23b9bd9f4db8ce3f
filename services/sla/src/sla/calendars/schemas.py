"""Request models of calendars, and their conversion to calendars of the domain."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator

from common.auth import Caller
from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel
from common.http.fields import KeyRef
from common.persistence.database import Connection
from common.persistence.keys import id_or_key
from sla.calendars import store as calendars
from sla.calendars.commands import build_calendar
from sla.calendars.domain.holiday import UnknownCountry, public_holidays
from sla.calendars.domain.price import MAX_WRITTEN_INTERVALS
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.domain.zone import FIRST_YEAR, LAST_YEAR
from sla.calendars.store import CalendarVersion

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Time = Annotated[str, Field(min_length=5, max_length=8, examples=["08:00"])]
DayHours = Annotated[list[tuple[Time, Time]], Field(max_length=12)]
HoursByDate = Annotated[dict[date, DayHours], Field(max_length=2000)]
Name = KeyRef
"""The id or key of something, in a path or a body."""
MAX_PROMISE_SECONDS = 10 * 366 * 86_400
"""Ten years: the most that may be promised or computed."""


class PublicHolidays(RequestModel):
    """The public holidays of a country (and subdivision), from the `holidays` package."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(min_length=1, max_length=10)] | None = None


class CalendarDefinition(RequestModel):
    """Opening hours in wall-clock time of a zone. A weekday that is missing is closed."""

    timezone: Annotated[str, Field(max_length=100, examples=["Europe/Amsterdam"])]
    weekly: dict[Weekday, DayHours] = Field(default_factory=dict)
    holidays: Annotated[list[date], Field(max_length=2000)] = Field(default_factory=list)
    overrides: HoursByDate = Field(default_factory=dict)
    breaks: HoursByDate = Field(default_factory=dict)


_NAME_ADAPTER: TypeAdapter[str] = TypeAdapter(Name)


def _parse_reference(given: Any, parse: ValidatorFunctionWrapHandler) -> CalendarDefinition | str:
    """Parse either form, and report errors of the given one only: pydantic would report those of
    both, with their names in the location."""
    if isinstance(given, CalendarDefinition):
        return given
    if isinstance(given, dict):
        return CalendarDefinition.model_validate(given)
    return _NAME_ADAPTER.validate_python(given)


CalendarReference = Annotated[
    CalendarDefinition | Annotated[Name, Refers("calendar")], WrapValidator(_parse_reference)
]
"""A calendar written out, or the id or key of a stored one."""


def definition_of(
    calendar: CalendarDefinition,
    holiday_sets: tuple[PublicHolidays, ...] = (),
    years: range = range(0),
) -> dict[str, Any]:
    """The definition to store. Public holidays of these years are added by name, except on dates with
    an override. Raises ValidationFailed for an unknown country or subdivision."""
    holiday_names: dict[str, str] = {}
    for index, one in enumerate(holiday_sets):
        try:
            holidays = public_holidays(one.country, one.subdivision, years)
        except UnknownCountry as unknown:
            raise _invalid(f"/public_holidays/{index}", "unknown_reference", str(unknown)) from None
        holiday_names |= {
            str(day): name for day, name in holidays.items() if day not in calendar.overrides
        }
    own = {str(day): "holiday" for day in calendar.holidays}
    definition = calendar.model_dump(
        mode="json", include={"timezone", "weekly", "overrides", "breaks"}
    )
    return {**definition, "holidays": own | holiday_names}


async def load_timetable(
    tx: Connection,
    caller: Caller,
    reference: CalendarDefinition | str,
    pointer: str,
    years: tuple[int, int] = (FIRST_YEAR, LAST_YEAR),
) -> Timetable:
    """The timetable of the calendar that a request names. Raises ValidationFailed.

    `years`: how far that of a calendar reaches which the request writes out.
    """
    if isinstance(reference, CalendarDefinition):
        _check_length(reference, pointer)
        return Timetable(build_calendar(definition_of(reference), pointer), years)
    version = await find_visible(tx, caller, reference)
    if version is None:
        raise _invalid(
            pointer,
            "unknown_reference",
            f"there is no calendar {reference!r}; GET /v1/calendars lists them",
        )
    return (await calendars.load_timetables(tx, [version.id]))[version.id]


async def find_visible(tx: Connection, caller: Caller, name: str) -> CalendarVersion | None:
    """The calendar version that a caller names by its id or key; None where there is none for them.

    A stored calendar does not say with whom it is agreed: a contact sees those that the customer's own
    agreements name, and by the key the last of these.
    """
    if caller.customer is None:
        return await calendars.find(tx, id_or_key(name))
    return await calendars.find_agreed(tx, id_or_key(name))


def _check_length(calendar: CalendarDefinition, pointer: str) -> None:
    by_date = (*calendar.overrides.values(), *calendar.breaks.values())
    if (
        len(calendar.holidays) + sum(max(len(hours), 1) for hours in by_date)
        > MAX_WRITTEN_INTERVALS
    ):
        raise _invalid(
            pointer,
            "too_many_intervals",
            f"write out at most {MAX_WRITTEN_INTERVALS:,} intervals and holidays of single dates; store"
            " a longer calendar, and name it",
        )


def computation_error(error: NeverOpens | OutOfRange, pointer: str) -> ValidationFailed:
    """The error of a computation as one of the request, at `pointer`."""
    code = "never_opens" if isinstance(error, NeverOpens) else "out_of_range"
    return _invalid(pointer, code, str(error))


def _invalid(pointer: str, code: str, detail: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, detail)])

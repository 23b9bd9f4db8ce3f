"""Availability as it is answered: everything that is needed to count it again by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from common.http import ResponseModel
from sla.outages.domain.availability import Agreed, Availability, Part
from sla.outages.domain.timeline import State

SECOND = timedelta(seconds=1)
MOST_INTERVALS = 2000

Why = Literal["down", "down_outside_hours", "down_in_maintenance", "maintenance", "degraded"]


class Name(NamedTuple):
    """What was asked about."""

    customer: str | None
    environment: str | None
    service: str | None
    month: date

    def __str__(self) -> str:
        return ", ".join(filter(None, self[:3])) or "everything"


class IntervalTold(ResponseModel):
    """A stretch of time that was not simply up. `agreed_seconds` is the agreed service time in it;
    of all with `reason` = `down` they sum to `down_seconds`."""

    starts_at: datetime
    ends_at: datetime
    state: State
    reason: Why
    duration_seconds: int
    agreed_seconds: int
    outages: tuple[str, ...]
    maintenance: tuple[str, ...]


class StretchTold(ResponseModel):
    """While one version of an agreement held; `promised` of its service time may not be down."""

    starts_at: datetime
    ends_at: datetime
    agreement: str | None
    calendar_zone: str
    agreed_seconds: int
    promised: float | None


class AvailabilityTold(ResponseModel):
    """`availability` = 1 - `down_seconds` / `agreed_seconds`, of what has passed at `as_of`.

    `budget_seconds` is how much of the whole month may be down, `budget_used` the share of it that
    is used up. `met`: whether the promise is kept, or while the month lasts, can still be kept;
    null where nothing was promised. `excluded_seconds`: down in agreed maintenance.
    `intervals_left_out`: there were more of them than are shown.
    """

    customer: str | None
    environment: str | None
    service: str | None
    month: str
    timezone: str
    starts_at: datetime
    ends_at: datetime
    as_of: datetime
    agreed_seconds: int
    agreed_whole_month_seconds: int
    down_seconds: int
    excluded_seconds: int
    degraded_seconds: int
    availability: float | None
    promised: float | None
    budget_seconds: float | None
    budget_used: float | None
    met: bool | None
    failures: int
    mttr_seconds: int | None
    mtbf_seconds: int | None
    agreement_periods: list[StretchTold]
    intervals: list[IntervalTold]
    intervals_left_out: int


def told(found: Availability, name: Name, zone: str) -> AvailabilityTold:
    intervals = list(_intervals(found))
    return AvailabilityTold(
        customer=name.customer,
        environment=name.environment,
        service=name.service,
        month=f"{name.month:%Y-%m}",
        timezone=zone,
        starts_at=found.start,
        ends_at=found.end,
        as_of=found.until,
        agreed_seconds=found.agreed // SECOND,
        agreed_whole_month_seconds=found.agreed_whole // SECOND,
        down_seconds=found.down // SECOND,
        excluded_seconds=found.excluded // SECOND,
        degraded_seconds=found.degraded // SECOND,
        availability=found.share,
        promised=found.promised,
        budget_seconds=None if found.budget is None else found.budget / SECOND,
        budget_used=found.used,
        met=found.met,
        failures=found.failures.count,
        mttr_seconds=_seconds(found.mttr),
        mtbf_seconds=_seconds(found.mtbf),
        agreement_periods=[_stretch(one) for one in found.stretches],
        intervals=intervals[:MOST_INTERVALS],
        intervals_left_out=max(len(intervals) - MOST_INTERVALS, 0),
    )


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else span // SECOND


def _stretch(one: Agreed) -> StretchTold:
    return StretchTold(
        starts_at=one.start,
        ends_at=one.end,
        agreement=one.agreement,
        calendar_zone=one.timetable.calendar.zone.name,
        agreed_seconds=one.service_time(one.start, one.end) // SECOND,
        promised=one.promised,
    )


def _intervals(found: Availability) -> Iterator[IntervalTold]:
    for part in found.parts:
        segment = part.segment
        if segment.state != "up":
            yield IntervalTold(
                starts_at=segment.start,
                ends_at=segment.end,
                state=segment.state,
                reason=_why(part),
                duration_seconds=(segment.end - segment.start) // SECOND,
                agreed_seconds=part.counted // SECOND,
                outages=segment.troubles,
                maintenance=segment.windows,
            )


def _why(part: Part) -> Why:
    match part.segment.state:
        case "down":
            return "down" if part.counted else "down_outside_hours"
        case "maintenance":
            return "down_in_maintenance" if part.segment.troubles else "maintenance"
        case _:
            return "degraded"

"""Response models of availability, with every figure that it is computed from."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from common.domain.durations import SECOND
from common.http import ResponseModel
from sla.outages.domain.availability import AgreedPeriod, Availability, Part
from sla.outages.domain.state_timeline import State

MAX_INTERVALS = 2000

IntervalReason = Literal[
    "down", "down_outside_hours", "down_in_maintenance", "maintenance", "degraded"
]


class AvailabilitySubject(NamedTuple):
    """What the availability is of."""

    customer: str | None
    environment: str | None
    service: str | None
    month: date

    def __str__(self) -> str:
        return ", ".join(filter(None, self[:3])) or "everything"


class AvailabilityIntervalRead(ResponseModel):
    """An interval that was not up. `agreed_seconds` is the agreed service time in it; those with
    the `reason` `down` add up to `down_seconds`."""

    starts_at: datetime
    ends_at: datetime
    state: State
    reason: IntervalReason
    duration_seconds: int
    agreed_seconds: int
    outages: tuple[str, ...]
    maintenance: tuple[str, ...]


class AgreementPeriodRead(ResponseModel):
    """The validity of a version of an agreement; `promised` is a share such as 0.999."""

    starts_at: datetime
    ends_at: datetime
    agreement: str | None
    calendar_zone: str
    agreed_seconds: int
    promised: float | None


class AvailabilityRead(ResponseModel):
    """`availability` = 1 - `down_seconds` / `agreed_seconds`, of the time up to `as_of`.

    `budget_seconds` is the allowed downtime of the whole month, `budget_used` the used share of it.
    `met`: whether the promise is kept, or while the month lasts, can still be kept; null where
    nothing was promised. `excluded_seconds`: down in agreed maintenance. `intervals_left_out`: the
    number of further intervals.
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
    agreement_periods: list[AgreementPeriodRead]
    intervals: list[AvailabilityIntervalRead]
    intervals_left_out: int


def to_response(
    availability: Availability, subject: AvailabilitySubject, zone: str
) -> AvailabilityRead:
    intervals = list(_interval_responses(availability))
    return AvailabilityRead(
        customer=subject.customer,
        environment=subject.environment,
        service=subject.service,
        month=f"{subject.month:%Y-%m}",
        timezone=zone,
        starts_at=availability.start,
        ends_at=availability.end,
        as_of=availability.as_of,
        agreed_seconds=availability.agreed // SECOND,
        agreed_whole_month_seconds=availability.agreed_whole // SECOND,
        down_seconds=availability.down // SECOND,
        excluded_seconds=availability.excluded // SECOND,
        degraded_seconds=availability.degraded // SECOND,
        availability=availability.ratio,
        promised=availability.promised_ratio,
        budget_seconds=None if availability.budget is None else availability.budget.total_seconds(),
        budget_used=availability.budget_used,
        met=availability.met,
        failures=availability.failures.count,
        mttr_seconds=_seconds(availability.mttr),
        mtbf_seconds=_seconds(availability.mtbf),
        agreement_periods=[_period_response(one) for one in availability.agreement_periods],
        intervals=intervals[:MAX_INTERVALS],
        intervals_left_out=max(len(intervals) - MAX_INTERVALS, 0),
    )


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else span // SECOND


def _period_response(period: AgreedPeriod) -> AgreementPeriodRead:
    return AgreementPeriodRead(
        starts_at=period.start,
        ends_at=period.end,
        agreement=period.agreement,
        calendar_zone=period.timetable.calendar.zone.name,
        agreed_seconds=period.service_time(period.start, period.end) // SECOND,
        promised=period.promised_ratio,
    )


def _interval_responses(availability: Availability) -> Iterator[AvailabilityIntervalRead]:
    for part in availability.parts:
        segment = part.segment
        if segment.state != "up":
            yield AvailabilityIntervalRead(
                starts_at=segment.start,
                ends_at=segment.end,
                state=segment.state,
                reason=_interval_reason(part),
                duration_seconds=(segment.end - segment.start) // SECOND,
                agreed_seconds=part.agreed_time // SECOND,
                outages=segment.outages,
                maintenance=segment.windows,
            )


def _interval_reason(part: Part) -> IntervalReason:
    match part.segment.state:
        case "down":
            return "down" if part.agreed_time else "down_outside_hours"
        case "maintenance":
            return "down_in_maintenance" if part.segment.outages else "maintenance"
        case _:
            return "degraded"

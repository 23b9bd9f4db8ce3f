"""The report on availability and mean times to repair and between failures (C12)."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.domain.durations import SECOND
from common.errors import ValidationFailed, Violation
from common.http import Refers, ResponseModel, Transaction, router
from common.persistence.database import Connection
from sla.calendars.domain.zone import read_zone
from sla.directory.fields import CustomerFilter
from sla.directory.store import customers
from sla.outages.domain.availability import Availability
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.domain.availability_month import FIRST_MONTH, LAST_MONTH, start_of_day
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.store import availability
from sla.reports.domain.report_period import Period, next_step_start, step_start
from sla.reports.query import (
    MAX_REPORT_ROWS,
    ReportBase,
    ReportQuery,
    ReportRow,
    ResolvedQuery,
    report_fields,
    resolve_query,
    too_many_rows,
)

routes = router("/v1/reports/availability", tags=["reports"])

AvailabilityGroup = Literal["customer", "service"]
DAY = timedelta(days=1)


class AvailabilityFigures(ResponseModel):
    """Of production. `availability` = 1 - `down_seconds` / `agreed_seconds`, of the time that has
    passed at `as_of`; null where no service time is agreed. `failures` are outages that began in
    these days, `mttr_seconds` the mean elapsed time to repair of those that have ended,
    `mtbf_seconds` the service time that was up divided by the failures. `met`: whether the promise
    of a whole month is kept, or can still be; null for other spans, and where nothing is
    promised."""

    agreed_seconds: int
    down_seconds: int
    availability: float | None
    promised: float | None
    met: bool | None
    failures: int
    mttr_seconds: int | None
    mtbf_seconds: int | None


class AvailabilityRow(ReportRow, AvailabilityFigures):
    pass


class AvailabilityReport(ReportBase):
    """`pending` is always 0: availability is computed from the outages, not counted beforehand."""

    total: AvailabilityFigures
    rows: list[AvailabilityRow]


class AvailabilityReportQuery(ReportQuery):
    """The query of reports without priority and kind, which outages do not have."""

    def __init__(
        self,
        since: Annotated[
            date | None, Query(alias="from", description="First day; without it, of this month.")
        ] = None,
        until: Annotated[
            date | None, Query(alias="to", description="First day not included; else tomorrow.")
        ] = None,
        customer: CustomerFilter = None,
        service: Annotated[
            str | None, Query(max_length=100, description="By key."), Refers("service")
        ] = None,
        step: Annotated[Literal["month"] | None, Query(description="A row per month.")] = None,
    ) -> None:
        super().__init__(since, until, customer, service, None, None, step)

    def period(self, now: datetime) -> Period:
        period = super().period(now)
        if not FIRST_MONTH <= period.since <= period.until <= LAST_MONTH:
            message = f"availability reaches from {FIRST_MONTH:%Y-%m} to {LAST_MONTH:%Y-%m}"
            raise ValidationFailed([Violation("/query/from", "range", message)])
        return period


@routes.get("")
async def get_availability_report(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    query: Annotated[AvailabilityReportQuery, Depends()],
    group_by: Annotated[AvailabilityGroup | None, Query()] = None,
) -> AvailabilityReport:
    """Report availability, MTTR and MTBF, by the days of the agreement's zone. Without a service, a
    second counts as down if any service was down."""
    resolved = await resolve_query(tx, caller, query, group_by)
    figures_query, period = resolved.figures_query, resolved.figures_query.period
    total_query = AvailabilityQuery(
        figures_query.customer_id, service=figures_query.where.get("service")
    )
    model = await _load_model(tx, resolved)
    groups = {} if resolved.hidden else await _queries_by_group(tx, model, total_query, group_by)
    steps = period.steps(figures_query.step)
    if len(groups) * len(steps) > MAX_REPORT_ROWS:
        raise too_many_rows()
    rows = []
    for name, group_query in groups.items():
        for step in steps:
            figures = _figures(model, group_query, step, resolved.at)
            rows.append(
                AvailabilityRow(group=name, starts_on=step.since, ends_on=step.until, **figures)
            )
            await asyncio.sleep(0)  # lets other requests run in between
    total = _figures(model, total_query, period, resolved.at)
    return AvailabilityReport(
        **report_fields(resolved) | {"pending": 0}, total=AvailabilityFigures(**total), rows=rows
    )


async def _load_model(tx: Connection, resolved: ResolvedQuery) -> AvailabilityModel:
    if resolved.hidden:
        return AvailabilityModel([], [], {}, {})
    figures_query = resolved.figures_query
    midnight = resolved.at.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight + (figures_query.period.since - midnight.date())
    until = midnight + (figures_query.period.until - midnight.date())
    customer_ids = None if figures_query.customer_id is None else {figures_query.customer_id}
    return await availability.load(tx, customer_ids, since - DAY, until + DAY)


async def _queries_by_group(
    tx: Connection,
    model: AvailabilityModel,
    total_query: AvailabilityQuery,
    group: AvailabilityGroup | None,
) -> dict[str | None, AvailabilityQuery]:
    """The query for each group, sorted by name."""
    if group is None:
        return {None: total_query}
    if group == "customer":
        ids_by_key = {one.key: one.id for one in await customers.list_active(tx)}
        selected = {
            key: id for key, id in ids_by_key.items() if total_query.customer_id in (None, id)
        }
        return {key: replace(total_query, customer_id=selected[key]) for key in sorted(selected)}
    names = (
        {total_query.service} if total_query.service else model.services(total_query.customer_id)
    )
    return {name: replace(total_query, service=name) for name in sorted(names)}


def _figures(
    model: AvailabilityModel, query: AvailabilityQuery, step: Period, now: datetime
) -> dict[str, Any]:
    result = _compute_availability(model, query, step, now)
    is_whole_month = (
        step_start(step.since, "month") == step.since
        and next_step_start(step.since, "month") == step.until
    )
    return {
        "agreed_seconds": result.agreed // SECOND,
        "down_seconds": result.down // SECOND,
        "availability": result.ratio,
        "promised": result.promised_ratio,
        "met": result.met if is_whole_month else None,
        "failures": result.failures.count,
        "mttr_seconds": None if result.mttr is None else result.mttr // SECOND,
        "mtbf_seconds": None if result.mtbf is None else result.mtbf // SECOND,
    }


def _compute_availability(
    model: AvailabilityModel, query: AvailabilityQuery, step: Period, now: datetime
) -> Availability:
    """The availability of the days of a step. Each end is a midnight in the zone of its own month, so
    that months add up, and a single one is that of C12."""
    last = step.until - DAY
    start = start_of_day(step.since, read_zone(model.timezone(query, step.since)))
    end = start_of_day(step.until, read_zone(model.timezone(query, last)))
    return model.availability(query, start, end, now)

"""Availability, mean time to repair and between failures: per customer, service and month (C12)."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import ResponseModel, router
from common.persistence.database import Connection, Transaction
from sla.calendars.domain.zone import read_zone
from sla.directory.store import customers
from sla.outages.domain.availability import Availability
from sla.outages.domain.availability_model import Known
from sla.outages.domain.month import FIRST, LAST, begins
from sla.outages.domain.scope import Question
from sla.outages.store import availability
from sla.reports.domain.period import Period, begun, following
from sla.reports.query import MOST, Asked, Asking, ReportTold, RowTold, asking, told, too_much

routes = router("/v1/reports/availability", tags=["reports"])

UptimeGroup = Literal["customer", "service"]
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class UptimeFigures(ResponseModel):
    """Of production. `availability` = 1 - `down_seconds` / `agreed_seconds`, of what has passed at
    `as_of`; null where no service time was agreed. `failures` began within the days; of those that
    have ended, `mttr_seconds` is the mean elapsed time to repair. `mtbf_seconds`: service time that
    was up, by the failures. `met`: whether the promise of a whole month is kept, or can still be;
    null for other spans, and where nothing is promised."""

    agreed_seconds: int
    down_seconds: int
    availability: float | None
    promised: float | None
    met: bool | None
    failures: int
    mttr_seconds: int | None
    mtbf_seconds: int | None


class UptimeRow(RowTold, UptimeFigures):
    pass


class UptimeTold(ReportTold):
    """`pending` is always 0: outages are reckoned as they are known, not counted beforehand."""

    total: UptimeFigures
    rows: list[UptimeRow]


class AskedUptime(Asked):
    """What the other reports are asked, but for priority and kind: outages have neither."""

    def __init__(
        self,
        since: Annotated[
            date | None, Query(alias="from", description="First day; without it, of this month.")
        ] = None,
        until: Annotated[
            date | None, Query(alias="to", description="First day not included; else tomorrow.")
        ] = None,
        customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
        service: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
        step: Annotated[Literal["month"] | None, Query(description="A row per month.")] = None,
    ) -> None:
        super().__init__(since, until, customer, service, None, None, step)

    def period(self, now: datetime) -> Period:
        found = super().period(now)
        if not FIRST <= found.since <= found.until <= LAST:
            said = f"availability reaches from {FIRST:%Y-%m} to {LAST:%Y-%m}"
            raise ValidationFailed([Violation("/query/from", "range", said)])
        return found


@routes.get("")
async def report_availability(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    asked: Annotated[AskedUptime, Depends()],
    group_by: Annotated[UptimeGroup | None, Query()] = None,
) -> UptimeTold:
    """Availability, MTTR and MTBF by the days of the agreement's zone; without a service a second is
    down in which any service was."""
    found = await asking(tx, caller, asked, group_by)
    question, period = found.question, found.question.period
    whole = Question(question.customer_id, service=question.where.get("service"))
    known = await _known(tx, found)
    groups = {} if found.hidden else await _groups(tx, known, whole, group_by)
    steps = period.steps(question.step)
    if len(groups) * len(steps) > MOST:
        raise too_much()
    rows = []
    for name, about in groups.items():
        for step in steps:
            figures = _figures(known, about, step, found.at)
            rows.append(UptimeRow(group=name, starts_on=step.since, ends_on=step.until, **figures))
            await asyncio.sleep(0)  # each takes a fraction of a millisecond: others come in between
    total = _figures(known, whole, period, found.at)
    return UptimeTold(**told(found) | {"pending": 0}, total=UptimeFigures(**total), rows=rows)


async def _known(tx: Connection, found: Asking) -> Known:
    if found.hidden:
        return Known([], [], {}, {})
    question, midnight = found.question, found.at.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight + (question.period.since - midnight.date())
    until = midnight + (question.period.until - midnight.date())
    whose = None if question.customer_id is None else {question.customer_id}
    return await availability.known(tx, whose, since - DAY, until + DAY)


async def _groups(
    tx: Connection, known: Known, whole: Question, group: UptimeGroup | None
) -> dict[str | None, Question]:
    """What each row is about, in the order of the names."""
    if group is None:
        return {None: whole}
    if group == "customer":
        present = {one.key: one.id for one in await customers.present(tx)}
        mine = {key: id for key, id in present.items() if whole.customer_id in (None, id)}
        return {key: replace(whole, customer_id=mine[key]) for key in sorted(mine)}
    names = {whole.service} if whole.service else known.services(whole.customer_id)
    return {name: replace(whole, service=name) for name in sorted(names)}


def _figures(known: Known, about: Question, step: Period, now: datetime) -> dict[str, Any]:
    found = _availability(known, about, step, now)
    month = (
        begun(step.since, "month") == step.since and following(step.since, "month") == step.until
    )
    return {
        "agreed_seconds": found.agreed // SECOND,
        "down_seconds": found.down // SECOND,
        "availability": found.share,
        "promised": found.promised,
        "met": found.met if month else None,
        "failures": found.failures.count,
        "mttr_seconds": None if found.mttr is None else found.mttr // SECOND,
        "mtbf_seconds": None if found.mtbf is None else found.mtbf // SECOND,
    }


def _availability(known: Known, about: Question, step: Period, now: datetime) -> Availability:
    """Each end by the zone of its own month: months add up, and one alone is that of C12."""
    last = step.until - DAY
    start = begins(step.since, read_zone(known.zone(about, step.since)))
    end = begins(step.until, read_zone(known.zone(about, last)))
    return known.availability(about, start, end, now)

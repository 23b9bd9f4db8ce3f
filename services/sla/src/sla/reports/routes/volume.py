"""How many tickets came, went and came back, and the same for the time before."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import ResponseModel, router
from common.persistence.database import Transaction
from sla.reports.domain.volume import Volume
from sla.reports.query import (
    Asked,
    ReportTold,
    RowTold,
    TicketGroup,
    asking,
    bounded,
    laid_out,
    told,
)
from sla.reports.store import reports

routes = router("/v1/reports/volume", tags=["reports"])


class VolumeFigures(ResponseModel):
    """`rejected`: resolutions that the second person did not accept. `reopen_rate`: reopened by
    resolved; null where nothing was resolved. `backlog_change`: by how many the backlog grew."""

    opened: int
    resolved: int
    rejected: int
    reopened: int
    merged: int
    reopen_rate: float | None
    backlog_change: int


class VolumeRow(RowTold, VolumeFigures):
    pass


class VolumeTold(ReportTold):
    """`previous_period`: the same figures for as many days just before."""

    total: VolumeFigures
    previous_period: VolumeFigures
    rows: list[VolumeRow]


@routes.get("")
async def report_volume(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    asked: Annotated[Asked, Depends()],
    group_by: Annotated[TicketGroup | None, Query()] = None,
) -> VolumeTold:
    """Tickets opened, resolved, rejected, reopened and merged, in each customer's own days."""
    found = await asking(tx, caller, asked, group_by)
    question = found.question
    counted = {} if found.hidden else await bounded(reports.volume, tx, question)
    whole = replace(question, period=question.period.before(), group=None, step=None)
    before = {} if found.hidden else await reports.volume(tx, whole)
    rows = laid_out(counted, question, Volume())
    return VolumeTold(
        **told(found),
        total=VolumeFigures.model_validate(_sum(counted)),
        previous_period=VolumeFigures.model_validate(_sum(before)),
        rows=[_row(*row) for row in rows],
    )


def _sum(counted: dict[Any, Volume]) -> Volume:
    return sum(counted.values(), Volume())


def _row(group: str | None, step: Any, volume: Volume) -> VolumeRow:
    figures = VolumeFigures.model_validate(volume).model_dump()
    return VolumeRow(group=group, starts_on=step.since, ends_on=step.until, **figures)

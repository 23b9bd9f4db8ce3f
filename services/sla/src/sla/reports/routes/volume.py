"""The report on the volume of tickets, with the period before."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import ResponseModel, Transaction, router
from sla.reports.domain.volume import Volume
from sla.reports.query import (
    ReportBase,
    ReportQuery,
    ReportRow,
    TicketGroup,
    expand_rows,
    fetch_bounded,
    report_fields,
    resolve_query,
)
from sla.reports.store import reports

routes = router("/v1/reports/volume", tags=["reports"])


class VolumeFigures(ResponseModel):
    """`rejected`: resolutions that the second person did not accept. `reopen_rate`: reopened divided
    by resolved; null where nothing was resolved. `backlog_change`: the growth of the backlog."""

    opened: int
    resolved: int
    rejected: int
    reopened: int
    merged: int
    reopen_rate: float | None
    backlog_change: int


class VolumeRow(ReportRow, VolumeFigures):
    pass


class VolumeReport(ReportBase):
    """`previous_period`: the figures of as many days just before."""

    total: VolumeFigures
    previous_period: VolumeFigures
    rows: list[VolumeRow]


@routes.get("")
async def get_volume_report(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    query: Annotated[ReportQuery, Depends()],
    group_by: Annotated[TicketGroup | None, Query()] = None,
) -> VolumeReport:
    """Report the volume of tickets opened, resolved, rejected, reopened and merged, by each
    customer's own days."""
    resolved = await resolve_query(tx, caller, query, group_by)
    figures_query = resolved.figures_query
    counted = {} if resolved.hidden else await fetch_bounded(reports.volume, tx, figures_query)
    previous_query = replace(
        figures_query, period=figures_query.period.previous(), group=None, step=None
    )
    previous = {} if resolved.hidden else await reports.volume(tx, previous_query)
    rows = expand_rows(counted, figures_query, Volume())
    return VolumeReport(
        **report_fields(resolved),
        total=VolumeFigures.model_validate(_total(counted)),
        previous_period=VolumeFigures.model_validate(_total(previous)),
        rows=[_row(*row) for row in rows],
    )


def _total(counted: dict[Any, Volume]) -> Volume:
    return sum(counted.values(), Volume())


def _row(group: str | None, step: Any, volume: Volume) -> VolumeRow:
    figures = VolumeFigures.model_validate(volume).model_dump()
    return VolumeRow(group=group, starts_on=step.since, ends_on=step.until, **figures)

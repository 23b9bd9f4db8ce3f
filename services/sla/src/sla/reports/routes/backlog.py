"""The report on the backlog at the end of each step, and on the ages of open tickets."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import ResponseModel, Transaction, router
from sla.calendars.domain.month import MIN_DAY
from sla.reports.domain.report_period import Period
from sla.reports.domain.volume import Backlog, age_classes
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
from sla.reports.store.reports import RowKey

routes = router("/v1/reports/backlog", tags=["reports"])


class BacklogFigures(ResponseModel):
    """The open tickets at the end of the last day, and their mean age then."""

    tickets: int
    mean_age_seconds: int | None


class BacklogRow(ReportRow, BacklogFigures):
    pass


class AgeClassRead(ResponseModel):
    """Open tickets with an age in days in `[from_days, to_days)`; null: no end."""

    from_days: int
    to_days: int | None
    tickets: int


class BacklogReport(ReportBase):
    """`ages`: those of the tickets open at `as_of`, in whole days."""

    total: BacklogFigures
    rows: list[BacklogRow]
    ages: list[AgeClassRead]


@routes.get("")
async def get_backlog_report(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    query: Annotated[ReportQuery, Depends()],
    group_by: Annotated[TicketGroup | None, Query()] = None,
) -> BacklogReport:
    """Report the backlog at the end of the period and of each step, and the ages of the tickets that
    are open now."""
    resolved = await resolve_query(tx, caller, query, group_by)
    figures_query = resolved.figures_query
    earlier_period = Period(MIN_DAY, figures_query.period.since)
    earlier_query = replace(figures_query, period=earlier_period, step=None)
    before = {} if resolved.hidden else await fetch_bounded(reports.backlog, tx, earlier_query)
    changes = {} if resolved.hidden else await fetch_bounded(reports.backlog, tx, figures_query)
    backlogs = _accumulate(
        before, changes, figures_query.period.steps(figures_query.step), figures_query.step
    )
    rows = [_row(*row) for row in expand_rows(backlogs, figures_query, Backlog())]
    last_backlogs = [
        b
        for (_, since), b in backlogs.items()
        if since in (None, _last_step_start(figures_query.period, rows))
    ]
    open_by_day = [] if resolved.hidden else await reports.list_open_by_day(tx, figures_query)
    return BacklogReport(
        **report_fields(resolved),
        total=BacklogFigures(**_figures(sum(last_backlogs, Backlog()), figures_query.period.until)),
        rows=rows,
        ages=[
            AgeClassRead.model_validate(one) for one in age_classes(open_by_day, resolved.at.date())
        ],
    )


def _last_step_start(period: Period, rows: list[BacklogRow]) -> date | None:
    return max((row.starts_on for row in rows), default=period.since)


def _accumulate(
    before: Mapping[RowKey, Backlog],
    changes: Mapping[RowKey, Backlog],
    steps: list[Period],
    step: str | None,
) -> dict[RowKey, Backlog]:
    """The backlog at the end of each step: the one before, with all changes up to then."""
    backlogs: dict[RowKey, Backlog] = {}
    for group in {group for group, _ in (*before, *changes)}:
        backlog = before.get((group, None), Backlog())
        for period in steps:
            since = period.since if step else None
            backlog += changes.get((group, since), Backlog())
            backlogs[group, since] = backlog
    return backlogs


def _row(group: str | None, step: Period, backlog: Backlog) -> BacklogRow:
    figures = _figures(backlog, step.until)
    return BacklogRow(group=group, starts_on=step.since, ends_on=step.until, **figures)


def _figures(backlog: Backlog, until: date) -> dict[str, Any]:
    age = backlog.mean_age(until)
    return {"tickets": backlog.tickets, "mean_age_seconds": None if age is None else round(age)}

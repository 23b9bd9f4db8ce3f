"""How many tickets are open, and how old they are: at the end of each step, and now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import ResponseModel, router
from common.persistence.database import Transaction
from sla.reports.domain.period import Period
from sla.reports.domain.volume import Backlog, ages
from sla.reports.query import (
    FIRST,
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
from sla.reports.store.reports import Place

routes = router("/v1/reports/backlog", tags=["reports"])


class BacklogFigures(ResponseModel):
    """Open tickets at the end of the last day, and their mean age then, since their opening."""

    tickets: int
    mean_age_seconds: int | None


class BacklogRow(RowTold, BacklogFigures):
    pass


class AgeTold(ResponseModel):
    """Open tickets that are `from_days` old or older, and younger than `to_days` (null: no end)."""

    from_days: int
    to_days: int | None
    tickets: int


class BacklogTold(ReportTold):
    """`ages`: of what is open at `as_of`, by whole days."""

    total: BacklogFigures
    rows: list[BacklogRow]
    ages: list[AgeTold]


@routes.get("")
async def report_backlog(
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    asked: Annotated[Asked, Depends()],
    group_by: Annotated[TicketGroup | None, Query()] = None,
) -> BacklogTold:
    """The backlog at the end of the period (of each step), and the ages of what is open now."""
    found = await asking(tx, caller, asked, group_by)
    question = found.question
    until = Period(FIRST, question.period.since)
    earlier = replace(question, period=until, step=None)
    before = {} if found.hidden else await bounded(reports.backlog, tx, earlier)
    changes = {} if found.hidden else await bounded(reports.backlog, tx, question)
    standing = _standing(before, changes, question.period.steps(question.step), question.step)
    rows = [_row(*row) for row in laid_out(standing, question, Backlog())]
    last = [
        b for (_, since), b in standing.items() if since in (None, _last(question.period, rows))
    ]
    still = [] if found.hidden else await reports.still_open(tx, question)
    return BacklogTold(
        **told(found),
        total=BacklogFigures(**_figures(sum(last, Backlog()), question.period.until)),
        rows=rows,
        ages=[AgeTold.model_validate(one) for one in ages(still, found.at.date())],
    )


def _last(period: Period, rows: list[BacklogRow]) -> date | None:
    return max((row.starts_on for row in rows), default=period.since)


def _standing(
    before: Mapping[Place, Backlog],
    changes: Mapping[Place, Backlog],
    steps: list[Period],
    step: str | None,
) -> dict[Place, Backlog]:
    """What was there before, and each change after it, added up step by step."""
    found: dict[Place, Backlog] = {}
    for group in {group for group, _ in (*before, *changes)}:
        standing = before.get((group, None), Backlog())
        for one in steps:
            since = one.since if step else None
            standing += changes.get((group, since), Backlog())
            found[group, since] = standing
    return found


def _row(group: str | None, step: Period, backlog: Backlog) -> BacklogRow:
    figures = _figures(backlog, step.until)
    return BacklogRow(group=group, starts_on=step.since, ends_on=step.until, **figures)


def _figures(backlog: Backlog, until: date) -> dict[str, Any]:
    age = backlog.mean_age(until)
    return {"tickets": backlog.tickets, "mean_age_seconds": None if age is None else round(age)}

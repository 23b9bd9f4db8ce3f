"""What every report is asked: a period, what to narrow it to, by what to group, in which steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import Query

from common.auth import Caller
from common.errors import ValidationFailed, Violation
from common.events.tickets import Kind, Priority
from common.http import Refers, ResponseModel
from common.persistence.database import Connection, transaction_time
from sla.calendars.domain.month import MAX_DAY, MIN_DAY
from sla.directory.fields import CustomerFilter
from sla.directory.store import directory
from sla.reports.domain.report_period import Period, Step
from sla.reports.store import rollups
from sla.reports.store.reports import FiguresQuery, Group, RowKey, TooManyRows

V = TypeVar("V")

MAX_PERIOD = timedelta(days=10 * 366)
MAX_REPORT_ROWS = 2_000
"""Rows of an answer."""
TicketGroup = Literal["customer", "service", "priority", "kind"]
Name = Annotated[str | None, Query(max_length=100)]


class ReportQuery:
    """The query parameters that all reports share: `asked: Annotated[Asked, Depends()]`."""

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
        priority: Annotated[Priority | None, Query()] = None,
        kind: Annotated[Kind | None, Query()] = None,
        step: Annotated[
            Step | None, Query(description="A row per day, week or month: a trend.")
        ] = None,
    ) -> None:
        self.since, self.until, self.step = since, until, step
        self.customer = customer
        self.where = {"service": service, "priority": priority, "kind": kind}

    def period(self, now: datetime) -> Period:
        """Raises Invalid for days that no report has."""
        until = self.until or (now + timedelta(days=1)).date()
        since = self.since or min(now.date(), until - timedelta(days=1)).replace(day=1)
        for pointer, day in (("/query/from", since), ("/query/to", until)):
            if not MIN_DAY <= day <= MAX_DAY:
                raise _invalid(pointer, "range", "give a day between 1970 and 2200")
        if not timedelta(0) < until - since <= MAX_PERIOD:
            raise _invalid("/query/to", "order", "give a day after `from`, ten years at most")
        return Period(since, until)


@dataclass(frozen=True, slots=True)
class ResolvedQuery:
    """The question, and the moment at which it is asked. `hidden`: what it asks for does not exist
    for the caller, and the answer is empty."""

    figures_query: FiguresQuery
    at: datetime
    pending: int
    hidden: bool

    def with_filters(self, where: Mapping[str, str | None]) -> FiguresQuery:
        """The question, with these keys beside those that all reports know."""
        extra = {key: value for key, value in where.items() if value is not None}
        query = self.figures_query
        return FiguresQuery(
            query.period, query.customer_id, {**query.where, **extra}, query.group, query.step
        )


class ReportBase(ResponseModel):
    """`starts_on` and `ends_on` (not included) are days of each customer's own zone. `as_of`: when it was
    answered; `pending`: changes of the last moments that are not counted yet, up to 1,000."""

    starts_on: date
    ends_on: date
    as_of: datetime
    pending: int


class ReportRow(ResponseModel):
    """`group`: what the row is about, where the report is grouped; '' is none. `starts_on`, `ends_on`:
    the days that it is about."""

    group: str | None
    starts_on: date
    ends_on: date


async def resolve_query(
    tx: Connection, caller: Caller, query: ReportQuery, group: Group | None
) -> ResolvedQuery:
    """Raises Invalid. A customer's contact asks about the own customer, whatever is asked."""
    at = await transaction_time(tx)
    period = query.period(at)
    hidden = query.customer is not None and not caller.can_see(query.customer)
    customer_key = caller.customer or query.customer
    customer_id: UUID | None = None
    if customer_key is not None:
        customer = await directory.find_customer(tx, customer_key)
        customer_id, hidden = (None, True) if customer is None else (customer.id, hidden)
    where = {key: value for key, value in query.where.items() if value is not None}
    figures_query = FiguresQuery(period, customer_id, where, group, query.step)
    return ResolvedQuery(figures_query, at, await rollups.count_pending(tx), hidden)


def report_fields(resolved: ResolvedQuery) -> dict[str, Any]:
    """The fields of a ReportTold."""
    period = resolved.figures_query.period
    return {
        "starts_on": period.since,
        "ends_on": period.until,
        "as_of": resolved.at,
        "pending": resolved.pending,
    }


def expand_rows(
    values: Mapping[RowKey, V], query: FiguresQuery, default: V
) -> Sequence[tuple[str | None, Period, V]]:
    """A row for each group and step, also where nothing happened. Raises Invalid for too many."""
    groups = sorted({group for group, _ in values}, key=str) if query.group else [None]
    steps = query.period.steps(query.step)
    if len(groups) * len(steps) > MAX_REPORT_ROWS:
        raise too_many_rows()
    return [
        (group, step, values.get((group, step.since if query.step else None), default))
        for group in groups
        for step in steps
    ]


def too_many_rows() -> ValidationFailed:
    detail = f"more than {MAX_REPORT_ROWS:,} rows: ask for fewer days, wider steps or one group"
    return _invalid("/query/step", "too_much", detail)


async def fetch_bounded(
    fetch: Callable[[Connection, FiguresQuery], Any], tx: Connection, query: FiguresQuery
) -> Any:
    """What the store answers. Raises Invalid where that would be too much."""
    try:
        return await fetch(tx, query)
    except TooManyRows:
        raise too_many_rows() from None


def _invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, message)])

"""What all reports share: the query (period, filters, group, step) and the fields of the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import Query

from common.auth import Caller
from common.errors import Forbidden, ValidationFailed, Violation
from common.events.tickets import Kind, Priority
from common.http import Refers, ResponseModel
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Contract
from sla.agreements.store.party_visibility import list_keys_with_partner
from sla.calendars.domain.month import MAX_DAY, MIN_DAY
from sla.directory.fields import CustomerFilter
from sla.directory.store import directory
from sla.reports.domain.report_period import Period, Step
from sla.reports.store import rollups
from sla.reports.store.reports import FiguresQuery, Group, RowKey, TooManyRows

V = TypeVar("V")

MAX_PERIOD = timedelta(days=10 * 366)
MAX_REPORT_ROWS = 2_000
"""The most rows of an answer."""
FOR_US_ALONE = ("customer", "service")
"""The groups that say whose tickets a figure is about."""
TicketGroup = Literal["customer", "service", "priority", "kind"]


class ReportQuery:
    """The query parameters that all reports share: `query: Annotated[ReportQuery, Depends()]`."""

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
        """The days to report on, by default this month until now.

        Raises ValidationFailed for days out of range.
        """
        # First of all: the days before the first one of all cannot be computed.
        for pointer, day in (("/query/from", self.since), ("/query/to", self.until)):
            if day is not None and not MIN_DAY <= day <= MAX_DAY:
                raise _invalid(pointer, "range", "give a day between 1970 and 2200")
        until = self.until or (now + timedelta(days=1)).date()
        since = self.since or min(now.date(), until - timedelta(days=1)).replace(day=1)
        if not timedelta(0) < until - since <= MAX_PERIOD:
            raise _invalid("/query/to", "order", "give a day after `from`, ten years at most")
        return Period(since, until)


@dataclass(frozen=True, slots=True)
class ResolvedQuery:
    """A query as it is answered at the instant `at`.

    `pending` are changes that are not counted yet. `hidden`: the caller may not see the customer,
    and the answer is empty.
    """

    figures_query: FiguresQuery
    at: datetime
    pending: int
    hidden: bool

    def with_filters(self, where: Mapping[str, str | None]) -> FiguresQuery:
        """The query with further filters, those that are not None."""
        extra = {key: value for key, value in where.items() if value is not None}
        query = self.figures_query
        return replace(query, where={**query.where, **extra})


class ReportBase(ResponseModel):
    """`starts_on` and `ends_on` (not included) are days in each customer's own zone. `as_of`: the
    instant of the answer. `pending`: recent changes that are not counted yet, up to 1,000."""

    starts_on: date
    ends_on: date
    as_of: datetime
    pending: int


class ReportRow(ResponseModel):
    """`group`: the group of the row, null where the report is not grouped, '' for none. `starts_on`,
    `ends_on` (not included): its days."""

    group: str | None
    starts_on: date
    ends_on: date


async def resolve_query(
    tx: Connection, caller: Caller, query: ReportQuery, group: Group | None
) -> ResolvedQuery:
    """Resolve the customer and the period of a query. Raises ValidationFailed.

    A contact always gets the figures of their own customer, a partner's person those of the partner's own
    contracts. Raises Forbidden where a partner asks whose tickets they are about, or about which service, be
    it by a group or by a filter.
    """
    asks_of_service = query.where["service"] is not None
    if caller.partner is not None and (group in FOR_US_ALONE or asks_of_service):
        raise Forbidden("Whose tickets they are, and about which service, partners are not told.")
    at = await transaction_time(tx)
    period = query.period(at)
    hidden = query.customer is not None and not caller.can_see(query.customer)
    customer_key = caller.customer or query.customer
    customer_id: UUID | None = None
    if customer_key is not None:
        customer = await directory.find_customer(tx, customer_key)
        customer_id, hidden = (None, True) if customer is None else (customer.id, hidden)
    where = {key: value for key, value in query.where.items() if value is not None}
    contracts = await _contracts_of(tx, caller)
    figures_query = FiguresQuery(period, customer_id, where, group, query.step, contracts)
    return ResolvedQuery(figures_query, at, await rollups.count_pending(tx), hidden)


async def _contracts_of(tx: Connection, caller: Caller) -> tuple[str, ...] | None:
    """The agreements whose figures the caller gets, None: all that the query asks for."""
    if caller.partner is None:
        return None
    return tuple(await list_keys_with_partner(tx, caller.partner))


def contract_for(caller: Caller, asked: Contract) -> Contract | None:
    """The kind of contract whose figures the caller gets; None: what was asked for is not theirs.

    Agreements with own teams and with partners do not exist for customers, and the others not for partners.
    """
    if caller.partner is not None:
        return "uc"
    return None if caller.customer is not None and asked != "sla" else asked


def report_fields(resolved: ResolvedQuery) -> dict[str, Any]:
    """The fields of a `ReportBase`."""
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
    """A row for each group and step, with `default` where there are no figures.

    Raises ValidationFailed for too many rows.
    """
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
    """Fetch figures from a store. Raises ValidationFailed where they have too many rows."""
    try:
        return await fetch(tx, query)
    except TooManyRows:
        raise too_many_rows() from None


def _invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, message)])

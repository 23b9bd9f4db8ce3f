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
from common.http import ResponseModel
from common.persistence.database import Connection, transaction_time
from sla.directory.store import directory
from sla.reports.domain.period import Period, Step
from sla.reports.store import rollups
from sla.reports.store.reports import Group, Place, Question, TooMuch

V = TypeVar("V")

FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)
LONGEST = timedelta(days=10 * 366)
MOST = 2_000
"""Rows of an answer."""
TicketGroup = Literal["customer", "service", "priority", "kind"]
Name = Annotated[str | None, Query(max_length=100)]


class Asked:
    """The query parameters that all reports share: `asked: Annotated[Asked, Depends()]`."""

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
            if not FIRST <= day <= LAST:
                raise _wrong(pointer, "range", "give a day between 1970 and 2200")
        if not timedelta(0) < until - since <= LONGEST:
            raise _wrong("/query/to", "order", "give a day after `from`, ten years at most")
        return Period(since, until)


@dataclass(frozen=True, slots=True)
class Asking:
    """The question, and the moment at which it is asked. `hidden`: what it asks for does not exist
    for the caller, and the answer is empty."""

    question: Question
    at: datetime
    pending: int
    hidden: bool

    def narrowed(self, where: Mapping[str, str | None]) -> Question:
        """The question, with these keys beside those that all reports know."""
        more = {key: value for key, value in where.items() if value is not None}
        q = self.question
        return Question(q.period, q.customer_id, {**q.where, **more}, q.group, q.step)


class ReportTold(ResponseModel):
    """`starts_on` and `ends_on` (not included) are days of each customer's own zone. `as_of`: when it was
    answered; `pending`: changes of the last moments that are not counted yet, up to 1,000."""

    starts_on: date
    ends_on: date
    as_of: datetime
    pending: int


class RowTold(ResponseModel):
    """`group`: what the row is about, where the report is grouped; '' is none. `starts_on`, `ends_on`:
    the days that it is about."""

    group: str | None
    starts_on: date
    ends_on: date


async def asking(tx: Connection, caller: Caller, asked: Asked, group: Group | None) -> Asking:
    """Raises Invalid. A customer's contact asks about the own customer, whatever is asked."""
    at = await transaction_time(tx)
    period = asked.period(at)
    hidden = asked.customer is not None and not caller.can_see(asked.customer)
    wanted = caller.customer or asked.customer
    id: UUID | None = None
    if wanted is not None:
        found = await directory.find_customer(tx, wanted)
        id, hidden = (None, True) if found is None else (found.id, hidden)
    where = {key: value for key, value in asked.where.items() if value is not None}
    question = Question(period, id, where, group, asked.step)
    return Asking(question, at, await rollups.pending(tx), hidden)


def told(asking: Asking) -> dict[str, Any]:
    """The fields of a ReportTold."""
    period = asking.question.period
    return {
        "starts_on": period.since,
        "ends_on": period.until,
        "as_of": asking.at,
        "pending": asking.pending,
    }


def laid_out(
    found: Mapping[Place, V], asked: Question, nothing: V
) -> Sequence[tuple[str | None, Period, V]]:
    """A row for each group and step, also where nothing happened. Raises Invalid for too many."""
    groups = sorted({group for group, _ in found}, key=str) if asked.group else [None]
    steps = asked.period.steps(asked.step)
    if len(groups) * len(steps) > MOST:
        raise too_much()
    return [
        (group, step, found.get((group, step.since if asked.step else None), nothing))
        for group in groups
        for step in steps
    ]


def too_much() -> ValidationFailed:
    wider = f"more than {MOST:,} rows: ask for fewer days, wider steps or one group"
    return _wrong("/query/step", "too_much", wider)


async def bounded(
    ask: Callable[[Connection, Question], Any], tx: Connection, question: Question
) -> Any:
    """What the store answers. Raises Invalid where that would be too much."""
    try:
        return await ask(tx, question)
    except TooMuch:
        raise too_much() from None


def _wrong(pointer: str, code: str, said: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, said)])

"""HTTP in: the queue of clocks, with its filters and its two orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.domain.ticket_state import TicketState
from common.errors import Forbidden, ValidationFailed, Violation
from common.http import Instant, Page, Paging, Refers, Transaction, router
from common.http.periods import check_order
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Contract, Metric
from sla.clocks.domain.clock import State
from sla.clocks.routes.clocks import to_responses
from sla.clocks.schemas import AnyClock, ClockPage, ClockRead, for_reader
from sla.clocks.store import clock_queue
from sla.clocks.store.clock_queue import ClockFilter
from sla.clocks.store.next_promises import PAUSED, QueuePosition, list_next
from sla.directory.fields import CustomerFilter

routes = router("/v1/clocks", tags=["clocks"])

OPEN_STATES: tuple[State, ...] = ("running", "paused")


class WorkFilter:
    """The filters by who works on the ticket, for our own people."""

    def __init__(
        self,
        assignee: Annotated[
            str | None,
            Query(min_length=1, max_length=100, description="By sub."),
            Refers("person"),
        ] = None,
        team: Annotated[
            str | None,
            Query(min_length=1, max_length=100, description="By key."),
            Refers("team"),
        ] = None,
        ticket_state: Annotated[TicketState | None, Query()] = None,
    ) -> None:
        self.assignee, self.team, self.ticket_state = assignee, team, ticket_state

    def check(self, caller: Caller) -> None:
        """Raise Forbidden where an outsider asks who of ours works on something, and where a partner asks
        what became of a ticket."""
        if caller.is_outsider and (self.assignee or self.team):
            raise Forbidden("Who works on a ticket is for our own people.")
        if caller.partner is not None and self.ticket_state:
            raise Forbidden("What became of a ticket, partners are not told.")


class PromiseFilter:
    """The filters by what was promised."""

    def __init__(
        self,
        service: Annotated[
            str | None, Query(min_length=1, max_length=100), Refers("service")
        ] = None,
        metric: Annotated[Metric | None, Query()] = None,
        agreement: Annotated[
            str | None,
            Query(min_length=1, max_length=100, description="By key."),
            Refers("agreement"),
        ] = None,
        contract: Annotated[
            Contract | None, Query(description="Whose promise; all by default.")
        ] = None,
        breached: Annotated[bool | None, Query(description="Broken, or not.")] = None,
    ) -> None:
        self.service, self.metric, self.agreement = service, metric, agreement
        self.contract, self.breached = contract, breached

    def check(self, caller: Caller) -> None:
        """Raise Forbidden where a partner asks about which service tickets are: a filter would tell."""
        if caller.partner is not None and self.service is not None:
            raise Forbidden("About which service tickets are, partners are not told.")


@routes.get("", response_model=ClockPage)
async def list_clocks(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("promises:read")],
    work: Annotated[WorkFilter, Depends()],
    promise: Annotated[PromiseFilter, Depends()],
    state: Annotated[State | None, Query(description="All open ones by default.")] = None,
    due_from: Annotated[Instant | None, Query(description="Due then or later.")] = None,
    due_before: Annotated[Instant | None, Query()] = None,
    customer: CustomerFilter = None,
    sort: Annotated[
        Literal["next", "due"],
        Query(
            description="next: what is ahead, soonest first, then what has passed, latest first."
        ),
    ] = "next",
    per: Annotated[
        Literal["clock", "ticket"],
        Query(description="ticket: one row for each, with its next promise; not with sort=due."),
    ] = "clock",
) -> Page[AnyClock]:
    """List clocks, what is due next first; with `sort=due` by deadline, those without one last.

    Customers see promises to themselves, partners those of their own contracts.
    """
    work.check(caller)
    promise.check(caller)
    check_order(due_from, due_before, "/query/due_before")
    if customer is not None and not caller.can_see(customer):
        return Page[AnyClock](items=[])
    filters = ClockFilter(
        states=(state,) if state else OPEN_STATES,
        due_from=due_from,
        due_before=due_before,
        customer=caller.customer or customer,
        contract=_contract_of(caller) or promise.contract,
        partner=caller.partner,
        service=promise.service,
        metric=promise.metric,
        agreement=promise.agreement,
        breached=promise.breached,
        assignee=work.assignee,
        team=work.team,
        ticket_state=work.ticket_state,
    )
    if sort == "due" and per == "ticket":
        detail = "one row per ticket is listed by what is due next; leave out sort=due"
        raise ValidationFailed([Violation("/query/sort", "meaningless", detail)])
    if sort == "due":
        rows = await clock_queue.list_page(tx, filters, page.limit, _due_cursor(page))
        responses = await to_responses(tx, rows)
        return page.page_of(
            responses, lambda one: for_reader(one, caller), lambda one: (one.deadline, one.id)
        )
    found = await _list_next(tx, filters, page, one_per_ticket=per == "ticket")
    return page.page_of(
        found, lambda one: for_reader(one[1], caller), lambda one: _position(one[0])
    )


def _contract_of(caller: Caller) -> Contract | None:
    """The one kind of contract that an outsider sees; None of our own people."""
    if caller.partner is not None:
        return "uc"
    return "sla" if caller.customer is not None else None


async def _list_next(
    tx: Connection, filters: ClockFilter, page: Paging, *, one_per_ticket: bool
) -> Sequence[tuple[QueuePosition, ClockRead]]:
    at = await transaction_time(tx)
    after = _next_cursor(page)
    found = await list_next(tx, filters, at, page.limit, after, one_per_ticket=one_per_ticket)
    responses = await to_responses(tx, [clock for _, clock in found])
    return [(position, one) for (position, _), one in zip(found, responses, strict=True)]


def _position(position: QueuePosition) -> tuple[int, datetime | None, UUID]:
    return position.part, position.deadline, position.id


def _next_cursor(page: Paging) -> QueuePosition | None:
    is_paused = page.after is not None and page.after[:1] == (PAUSED,)
    after = page.after_as(int, type(None) if is_paused else datetime, UUID)
    return None if after is None else QueuePosition(*after)


def _due_cursor(page: Paging) -> tuple[Any, ...] | None:
    has_no_deadline = page.after is not None and page.after[:1] == (None,)
    return page.after_as(type(None) if has_no_deadline else datetime, UUID)

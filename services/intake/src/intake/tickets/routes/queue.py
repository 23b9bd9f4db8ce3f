"""The queue: open tickets in the order in which promises break (R3, R5)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime

from common.auth import Caller, requires
from common.http import Page, Paging, Refers, Transaction, router
from common.http.periods import check_order
from common.persistence.database import Connection, transaction_time
from intake.directory import store as directory
from intake.queue.domain import NOTHING_DUE
from intake.queue.store import entries
from intake.queue.store.entries import QueueFilter
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Kind, OpenState
from intake.tickets.listing import lister_with
from intake.tickets.schemas.lists import ListedTicket, QueuePage
from intake.tickets.store import tickets

routes = router("/v1/queue", ["queue"])

Name = Annotated[str | None, Query(max_length=200)]


class QueueQuery:
    """The query parameters of the queue; a ticket must match all that are given."""

    def __init__(
        self,
        customer: Annotated[Name, Refers("customer")] = None,
        environment: Annotated[Name, Refers("environment")] = None,
        assignee: Annotated[Name, Refers("person")] = None,
        team: Annotated[Name, Refers("team")] = None,
        state: OpenState | None = None,
        priority: Priority | None = None,
        kind: Kind | None = None,
        due_from: AwareDatetime | None = None,
        due_before: AwareDatetime | None = None,
        breached: Annotated[
            bool | None, Query(description="Whether the next promise is broken already.")
        ] = None,
        mine: Annotated[bool, Query(description="Those assigned to the caller.")] = False,
        assigned: bool | None = None,
        needs_triage: bool | None = None,
    ) -> None:
        check_order(due_from, due_before, "/query/due_before")
        self.customer, self.environment = customer, environment
        self.breached, self.mine = breached, mine
        self.filters = QueueFilter(
            assignee=assignee,
            team=team,
            state=state,
            priority=priority,
            kind=kind,
            due_from=due_from,
            due_before=due_before or (due_from and NOTHING_DUE),
            is_assigned=assigned,
            needs_triage=needs_triage,
        )


@routes.get("", response_model=QueuePage)
async def list_queue(
    caller: Annotated[Caller, requires("queue:read")],
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    query: Annotated[QueueQuery, Depends()],
) -> Page[ListedTicket]:
    """List open tickets by the promise that breaks next; those without one are last, oldest first."""
    filters = await _resolve_filters(tx, caller, query)
    if filters is None:
        return Page[ListedTicket](items=[])
    rows = await entries.page(tx, filters, page.after_as(datetime, UUID), page.limit)
    found = await tickets.by_ids(tx, [row.ticket_id for row in rows])
    lister = await lister_with(tx, caller, found.values(), {row.ticket_id: row for row in rows})
    return page.page_of(
        rows,
        lambda row: lister.to_staff_item(found[row.ticket_id]),
        lambda row: (row.due_at, row.ticket_id),
    )


async def _resolve_filters(tx: Connection, caller: Caller, query: QueueQuery) -> QueueFilter | None:
    """The filters with ids for keys; None where no ticket can match."""
    filters = query.filters
    if query.mine:
        if filters.assignee not in {None, caller.sub}:
            return None
        filters = replace(filters, assignee=caller.sub)
    if query.customer is not None:
        customer = await directory.CUSTOMERS.find(tx, query.customer)
        assert customer is not None, "references are checked before"
        filters = replace(filters, customer_id=customer.id)
    if query.environment is not None:
        environment = await directory.ENVIRONMENTS.find(tx, query.environment)
        assert environment is not None, "references are checked before"
        if filters.customer_id not in {None, environment.customer_id}:
            return None
        # With its customer, by whom the queue is indexed.
        filters = replace(
            filters, environment_id=environment.id, customer_id=environment.customer_id
        )
    if query.breached is None:
        return filters
    return _by_breach(filters, query.breached, await transaction_time(tx))


def _by_breach(filters: QueueFilter, breached: bool, now: datetime) -> QueueFilter:
    """Narrow the due window to what was due by now, or to what is not."""
    later = now + timedelta(microseconds=1)
    if breached:
        return replace(filters, due_before=min(filters.due_before or later, later))
    return replace(filters, due_from=max(filters.due_from or later, later))

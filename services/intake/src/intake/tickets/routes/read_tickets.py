"""Reading tickets: one, and lists."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import Caller, needs
from common.http import Page, Paging, cursor, router, set_etag
from common.persistence.database import Connection, Transaction
from intake.directory import store as directory
from intake.tickets.dependencies import Ref, seen
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Kind, State
from intake.tickets.schemas.responses import TicketInFull, TicketShown, shown_to
from intake.tickets.store import tickets
from intake.tickets.store.tickets import Wanted

routes = router("/v1/tickets", ["tickets"])

Reader = Annotated[Caller, needs("tickets:read")]
Name = Annotated[str | None, Query(max_length=200)]


class Filter:
    """What a list of tickets is narrowed to; all that is said must hold."""

    def __init__(
        self,
        customer: Name = None,
        environment: Name = None,
        assignee: Name = None,
        state: State | None = None,
        priority: Priority | None = None,
        kind: Kind | None = None,
        open: bool | None = None,
        needs_triage: bool | None = None,
    ) -> None:
        self.customer = customer
        self.wanted = Wanted(
            environment=environment,
            assignee=assignee,
            state=state,
            priority=priority,
            kind=kind,
            is_open=open,
            needs_triage=needs_triage,
        )


@routes.get("")
async def list_tickets(
    caller: Reader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    asked: Annotated[Filter, Depends()],
) -> Page[TicketShown]:
    """Tickets, newest first. A customer's contact sees the own customer's."""
    after = page.after_as(UUID)
    wanted = await _wanted(tx, caller, asked)
    if wanted is None:
        return Page[TicketShown](items=[])
    found = await tickets.page(tx, wanted, after[0] if after else None, page.limit + 1)
    items = [shown_to(caller, ticket) for ticket in found[: page.limit]]
    more = len(found) > page.limit
    return Page[TicketShown](items=items, next=cursor(items[-1].id) if more else None)


@routes.get("/{ref}")
async def one(ref: Ref, response: Response, caller: Reader, tx: Transaction) -> TicketInFull:
    """A ticket, by id or key."""
    ticket = seen(caller, await tickets.find(tx, ref), ref)
    set_etag(response, ticket.sequence)
    description = await tickets.description_of(tx, ticket.id)
    return TicketInFull(**shown_to(caller, ticket).model_dump(), description=description)


async def _wanted(tx: Connection, caller: Caller, asked: Filter) -> Wanted | None:
    """None where no ticket can be meant: another's customer, or one that nobody knows."""
    keys = {key for key in (caller.customer, asked.customer) if key is not None}
    if not keys:
        return asked.wanted
    customer = await directory.CUSTOMERS.find(tx, keys.pop())
    if keys or customer is None:
        return None
    return replace(asked.wanted, customer_id=customer.id)

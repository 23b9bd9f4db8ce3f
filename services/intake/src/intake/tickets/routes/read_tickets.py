"""Tickets, one by one or as lists."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import Caller
from common.http import Page, Paging, Refers, Transaction, router, set_etag
from common.persistence.database import Connection
from intake.directory import store as directory
from intake.tickets.dependencies import TicketReader, TicketReference, get_visible_ticket
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Kind, State
from intake.tickets.schemas.responses import (
    AnyTicket,
    AnyTicketDetail,
    TicketPage,
    to_detail_response,
    to_response,
)
from intake.tickets.store import tickets
from intake.tickets.store.tickets import TicketFilter

routes = router("/v1/tickets", ["tickets"])

Name = Annotated[str | None, Query(max_length=200)]


class TicketQuery:
    """The query parameters of a list of tickets; a ticket must match all that are given."""

    def __init__(
        self,
        customer: Annotated[Name, Refers("customer")] = None,
        environment: Annotated[Name, Refers("environment")] = None,
        assignee: Annotated[Name, Refers("person")] = None,
        state: State | None = None,
        priority: Priority | None = None,
        kind: Kind | None = None,
        open: bool | None = None,
        needs_triage: bool | None = None,
    ) -> None:
        self.customer = customer
        self.filters = TicketFilter(
            environment=environment,
            assignee=assignee,
            state=state,
            priority=priority,
            kind=kind,
            is_open=open,
            needs_triage=needs_triage,
        )


@routes.get("", response_model=TicketPage)
async def list_tickets(
    caller: TicketReader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    query: Annotated[TicketQuery, Depends()],
) -> Page[AnyTicket]:
    """List tickets, newest first. A contact sees the tickets of the own customer."""
    filters = await _resolve_filters(tx, caller, query)
    if filters is None:
        return Page[AnyTicket](items=[])
    rows = await tickets.page(tx, filters, page.after_as(UUID), page.limit)
    return page.page_of(
        rows, lambda ticket: to_response(caller, ticket), lambda ticket: (ticket.id,)
    )


@routes.get("/{ticket}")
async def get_ticket(
    ref: TicketReference, response: Response, caller: TicketReader, tx: Transaction
) -> AnyTicketDetail:
    """Get a ticket by id or key."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    set_etag(response, ticket.sequence)
    return to_detail_response(caller, ticket, await tickets.get_description(tx, ticket.id))


async def _resolve_filters(
    tx: Connection, caller: Caller, query: TicketQuery
) -> TicketFilter | None:
    """The filters with the customer's id; None where no ticket can match.

    That is so for unknown customers, and for contacts who ask for another customer's tickets.
    """
    keys = {key for key in (caller.customer, query.customer) if key is not None}
    if not keys:
        return query.filters
    customer = await directory.CUSTOMERS.find(tx, keys.pop())
    if keys or customer is None:
        return None
    return replace(query.filters, customer_id=customer.id)

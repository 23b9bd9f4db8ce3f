"""Tickets, one by one or as lists."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import StringConstraints

from common.auth import Caller
from common.auth.persons import same_person_accounts
from common.errors import Forbidden
from common.http import Page, Paging, Refers, Transaction, router, set_etag
from common.http.fields import MAX_TAGS, Tag
from common.persistence.database import Connection, transaction_time
from intake.directory import names
from intake.directory import store as directory
from intake.reads.recorder import Reads
from intake.tickets.dependencies import TicketReader, TicketReference, get_visible_ticket
from intake.tickets.domain.acts import ACTS, Asker, allowed_acts, first_persons
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Kind, State, Ticket
from intake.tickets.domain.ticket_key import parse_number
from intake.tickets.listing import lister_of
from intake.tickets.schemas.details import AnyTicketDetail, to_detail_response
from intake.tickets.schemas.lists import ListedTicket, TicketPage
from intake.tickets.schemas.responses import TicketForContact
from intake.tickets.store import hand_overs, tickets
from intake.tickets.store.closing import is_change_delivered, is_problem_settled
from intake.tickets.store.ticket_filter import TicketFilter

routes = router("/v1/tickets", ["tickets"])

Name = Annotated[str | None, Query(max_length=200)]
TicketKey = Annotated[str, StringConstraints(pattern=r"^(OPS|ops)-[1-9]\d{0,11}$")]
MAX_KEYS = 100
"""Tickets that one request may name by key."""


class TicketQuery:
    """The query parameters of a list of tickets; a ticket must match all that are given."""

    def __init__(
        self,
        customer: Annotated[Name, Refers("customer")] = None,
        environment: Annotated[Name, Refers("environment")] = None,
        assignee: Annotated[Name, Refers("person")] = None,
        team: Annotated[Name, Refers("team")] = None,
        state: State | None = None,
        priority: Priority | None = None,
        kind: Kind | None = None,
        open: bool | None = None,
        needs_triage: bool | None = None,
        watched: Annotated[
            bool | None, Query(description="Those that the caller watches, or does not.")
        ] = None,
        mine: Annotated[
            bool,
            Query(
                description="Of a contact: those that they raised, or that were raised for them. Of our own"
                " people: those assigned to them."
            ),
        ] = False,
        key: Annotated[
            list[TicketKey] | None,
            Query(max_length=MAX_KEYS, description="Only these tickets, by key."),
        ] = None,
        tag: Annotated[
            list[Tag] | None, Query(max_length=MAX_TAGS, description="All of these; for staff.")
        ] = None,
        q: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=200,
                pattern=r"\S",
                description="Words in title, description, messages or resolution, in Dutch, English or"
                ' German: all of them, `"in this order"`, `one or another`, `-without`.',
            ),
        ] = None,
    ) -> None:
        self.customer, self.mine = customer, mine
        self.filters = TicketFilter(
            environment=environment,
            assignee=assignee,
            team=team,
            state=state,
            priority=priority,
            kind=kind,
            is_open=open,
            needs_triage=needs_triage,
            is_watched=watched,
            numbers=None if key is None else [parse_number(one.upper()) for one in key],
            words=q,
            tags=tuple(tag or ()),
        )


@routes.get("", response_model=TicketPage)
async def list_tickets(
    caller: TicketReader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    query: Annotated[TicketQuery, Depends()],
) -> Page[ListedTicket | TicketForContact]:
    """List tickets, newest first. A contact sees the tickets of the own customer.

    With `q` those that contain the words; what was written a second ago may still be missing. Contacts
    do not find a ticket by what stands in internal notes. With `key` those of these keys that there are.
    """
    filters = await _resolve_filters(tx, caller, query)
    if filters is None:
        return Page[ListedTicket | TicketForContact](items=[])
    rows = await tickets.page(tx, filters, page.after_as(UUID), page.limit)
    lister = await lister_of(tx, caller, rows)
    return page.page_of(rows, lister.to_item, lambda ticket: (ticket.id,))


@routes.get("/{ticket}")
async def get_ticket(
    ref: TicketReference, response: Response, caller: TicketReader, tx: Transaction, reads: Reads
) -> AnyTicketDetail:
    """Get a ticket by id or key, with what the caller may do on it now (`allowed`), and why not the rest."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    set_etag(response, ticket.sequence)
    description = await tickets.get_description(tx, ticket.id)
    named = await names.of_accounts(tx, _named_in(ticket))
    asker = await _asker(tx, caller, ticket)
    return to_detail_response(caller, ticket, description, named, allowed_acts(ticket, asker))


def _named_in(ticket: Ticket) -> set[str]:
    """The accounts that a ticket names to everybody."""
    named = (ticket.opened_by, ticket.assignee, ticket.resolved_by, ticket.verified_by)
    contact = f"contact/{ticket.contact_id}" if ticket.contact_id else None
    return {account for account in (*named, contact) if account is not None}


async def _asker(tx: Connection, caller: Caller, ticket: Ticket) -> Asker:
    """The caller, as the rules of acts know them."""
    same = await same_person_accounts(tx, caller.sub, first_persons(ticket))
    held = frozenset(rule.permission for rule in ACTS if caller.has_permission(rule.permission))
    at = await transaction_time(tx)
    is_contact = caller.customer is not None
    if is_contact:  # contacts neither close nor resolve, and read no hand-overs
        return Asker(caller.sub, held, at, is_contact, same)
    delivered = ticket.kind == "change_request" and await is_change_delivered(tx, ticket.id)
    settled = ticket.kind == "problem" and await is_problem_settled(tx, ticket.id)
    newest = await hand_overs.get_newest(tx, ticket.id) if ticket.is_open else None
    return Asker(caller.sub, held, at, is_contact, same, delivered, settled, newest)


async def _resolve_filters(
    tx: Connection, caller: Caller, query: TicketQuery
) -> TicketFilter | None:
    """The filters with the customer's id; None where no ticket can match.

    That is so for unknown customers, and for contacts who ask for another customer's tickets.
    """
    is_staff = caller.customer is None
    if query.filters.tags and not is_staff:
        raise Forbidden("Tags are for our own people. Leave out `tag`.")
    # A contact without a directory entry watches nothing: their own account stands for nobody's.
    watcher = caller.sub if is_staff else caller.contact_id or caller.sub
    filters = replace(query.filters, for_staff=is_staff, watched_by=watcher)
    if query.mine:
        if is_staff and filters.assignee not in {None, caller.sub}:
            return None
        filters = _own(caller, filters)
    keys = {key for key in (caller.customer, query.customer) if key is not None}
    if not keys:
        return filters
    customer = await directory.CUSTOMERS.find(tx, keys.pop())
    if keys or customer is None:
        return None
    return replace(filters, customer_id=customer.id)


def _own(caller: Caller, filters: TicketFilter) -> TicketFilter:
    """Narrow to the caller's own: assigned to them, or raised by or for them where they are a contact."""
    if caller.customer is None:
        return replace(filters, assignee=caller.sub)
    if caller.contact_id is None:  # without a directory entry
        return replace(filters, opened_by=caller.sub)
    return replace(filters, of_contact=caller.contact_id)

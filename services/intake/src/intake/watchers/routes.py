"""HTTP in: who watches a ticket. Contacts watch for themselves; staff adds whoever may."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from common import audit
from common.auth import Caller
from common.domain import Rejection
from common.errors import Forbidden, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, rejection_response, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.directory.store import find_contact_by_id
from intake.tickets.dependencies import (
    ReplyAction,
    TicketAction,
    TicketReader,
    TicketReference,
    get_visible_ticket,
)
from intake.tickets.domain.ticket import Ticket
from intake.tickets.listing import lister_of
from intake.tickets.schemas.lists import ListedTicket, TicketPage
from intake.tickets.schemas.responses import TicketForContact
from intake.tickets.store import tickets
from intake.watchers import store
from intake.watchers.domain import Watcher, check_contact, check_number
from intake.watchers.schemas import WatcherCreate, WatcherRead

routes = router("/v1/tickets", ["ticket relations"])

watched_routes = router("/v1/watched-tickets", ["ticket relations"])

WatcherId = Annotated[UUID, Path(alias="watcher", description="The watcher's id.")]


@watched_routes.get("", response_model=TicketPage)
async def list_watched_tickets(
    caller: TicketReader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[ListedTicket | TicketForContact]:
    """List the tickets that the caller watches, newest first."""
    ids = await store.page_of_watched(
        tx, caller.sub, caller.contact_id, page.after_as(UUID), page.limit
    )
    found = await tickets.by_ids(tx, ids)
    rows = [found[id] for id in ids if id in found]
    lister = await lister_of(tx, caller, rows)
    return page.page_of(rows, lister.to_item, lambda ticket: (ticket.id,))


@routes.get("/{ticket}/watchers")
async def list_watchers(
    ref: TicketReference, caller: TicketReader, tx: Transaction
) -> Page[WatcherRead]:
    """List the watchers of a ticket. Contacts see those of their own customer."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    is_contact = caller.customer is not None
    found = await store.list_of_ticket(tx, ticket.id, contacts_only=is_contact)
    return Page(items=[WatcherRead.model_validate(one) for one in found])


@routes.post("/{ticket}/watchers", status_code=201, response_model=WatcherRead)
async def watch_ticket(action: ReplyAction, body: WatcherCreate, response: Response) -> object:
    """Watch a ticket, or let somebody else of staff or a contact of its customer watch it.

    A contact who watches gets our answers by mail. Contacts watch for themselves alone.
    """
    ticket = await action.lock_ticket()
    watcher = await _watcher(action, ticket, body)
    rejection = await _check(action, ticket, watcher)
    if rejection is not None:
        return rejection_response(rejection)
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/watchers"
    if not await store.add(action.tx, watcher):
        response.status_code = 200
        return WatcherRead.model_validate(await store.find_same(action.tx, watcher))
    await _record(action, "ticket.watch", watcher)
    return WatcherRead.model_validate(watcher)


@routes.delete("/{ticket}/watchers/{watcher}", status_code=204, response_model=None)
async def unwatch_ticket(action: ReplyAction, id: WatcherId) -> Response:
    """Remove a watcher of a ticket. Contacts remove themselves alone."""
    ticket = await action.lock_ticket()
    watcher = await store.find(action.tx, ticket.id, id)
    caller = action.caller
    if watcher is None or (caller.customer is not None and watcher.contact_id is None):
        raise NotFound("This watcher")
    if caller.customer is not None and watcher.contact_id != caller.contact_id:
        raise Forbidden("Contacts remove themselves alone. Ask us to remove somebody else.")
    await store.remove(action.tx, watcher.id)
    await _record(action, "ticket.unwatch", watcher)
    return Response(status_code=204)


async def _watcher(action: TicketAction, ticket: Ticket, body: WatcherCreate) -> Watcher:
    person, contact_id = _named(action.caller, body)
    at = await transaction_time(action.tx)
    return Watcher(uuid7(), ticket.id, person, contact_id, action.caller.sub, at)


def _named(caller: Caller, body: WatcherCreate) -> tuple[str | None, UUID | None]:
    """The person or contact who is to watch. Raises Forbidden."""
    if caller.customer is None:
        return (None, body.contact) if body.contact else (body.person or caller.sub, None)
    is_own = body.contact in {None, caller.contact_id}
    if caller.contact_id is None or body.person is not None or not is_own:
        raise Forbidden(
            "Contacts watch for themselves, through the portal that names them. Leave the body empty."
        )
    return None, caller.contact_id


async def _check(action: TicketAction, ticket: Ticket, watcher: Watcher) -> Rejection | None:
    """A rejection where they may not watch, else None. Raises ValidationFailed for an unknown contact."""
    if watcher.contact_id is not None and action.caller.customer is None:
        contact = await find_contact_by_id(action.tx, watcher.contact_id)
        if contact is None:
            detail = f"there is no contact {watcher.contact_id}"
            raise ValidationFailed([Violation("/contact", "unknown_reference", detail)])
        if rejection := check_contact(ticket, contact):
            return rejection
    return check_number(ticket, await store.count(action.tx, ticket.id))


async def _record(action: TicketAction, name: str, watcher: Watcher) -> None:
    grounds: dict[str, audit.JSON] = {
        "person": watcher.person,
        "contact": str(watcher.contact_id) if watcher.contact_id else None,
    }
    at = await transaction_time(action.tx)
    subject = f"ticket/{watcher.ticket_id}"
    entry = audit.Entry.by(action.caller.actor, at, name, subject, grounds)
    await audit.record(action.tx, entry)

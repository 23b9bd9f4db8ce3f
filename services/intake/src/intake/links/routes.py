"""HTTP in: links between tickets. Contacts see those to tickets of their own customer alone."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Transaction, router
from common.persistence.database import transaction_time
from intake.links import store
from intake.links.commands import link_tickets, remove_link
from intake.links.schemas import LinkCreate, LinkRead, to_link_response
from intake.tickets.dependencies import (
    TicketReader,
    TicketReference,
    WorkAction,
    get_visible_ticket,
    to_problem,
)
from intake.tickets.store import tickets

routes = router("/v1/tickets", ["ticket relations"])

LinkId = Annotated[UUID, Path(alias="link", description="The link's id.")]


@routes.get("/{ticket}/links")
async def list_ticket_links(
    ref: TicketReference, caller: TicketReader, tx: Transaction
) -> Page[LinkRead]:
    """List the links of a ticket to others, oldest first."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    links = await store.list_of_ticket(tx, ticket.id)
    others = await tickets.by_ids(tx, {link.far_end(ticket.id) for link in links})
    shown = [
        to_link_response(link, ticket, other)
        for link in links
        if (other := others.get(link.far_end(ticket.id)))
        and caller.customer in {None, other.customer}
    ]
    return Page(items=shown)


@routes.post("/{ticket}/links", status_code=201, response_model=LinkRead)
async def link_ticket(action: WorkAction, body: LinkCreate, response: Response) -> object:
    """Link a ticket to another one, also of another customer: their contacts never see that link."""
    await store.lock_kind(action.tx, body.kind)
    _, other = await tickets.lock_two(action.tx, action.ref, body.other)
    ticket = await action.lock_ticket()
    if other is None:
        detail = f"there is no ticket {body.other}; give an id or a key such as OPS-1042"
        raise ValidationFailed([Violation("/other", "unknown_reference", detail)])
    at = await transaction_time(action.tx)
    linked = await link_tickets(action.tx, ticket, body.kind, other, action.caller.actor, at)
    if isinstance(linked, Rejection):
        return to_problem(linked)
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/links"
    return to_link_response(linked.link, ticket, other)


@routes.delete("/{ticket}/links/{link}", status_code=204, response_model=None)
async def unlink_ticket(action: WorkAction, id: LinkId) -> Response:
    """Remove a link of a ticket. Links that say how a ticket came to be stay."""
    found = await tickets.find(action.tx, action.ref)
    link = found and await store.find(action.tx, found.id, id)
    if not found or not link:
        raise NotFound("This link")
    ticket, other = await tickets.lock_two(action.tx, str(link.ticket_id), str(link.other_id))
    assert ticket is not None, "links refer to tickets"
    assert other is not None, "links refer to tickets"
    at = await transaction_time(action.tx)
    rejection = await remove_link(action.tx, ticket, link, other, action.caller.actor, at)
    return Response(status_code=204) if rejection is None else to_problem(rejection)

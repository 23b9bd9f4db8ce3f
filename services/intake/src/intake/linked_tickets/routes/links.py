"""Links of tickets with their counterparts: made, ended, sent again; conflicts are decided by a person."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path, Response

from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, rejection_response, router
from common.persistence.database import transaction_time
from intake.linked_tickets import commands
from intake.linked_tickets.dependencies import LinkId, Worker, lock_link, read_link
from intake.linked_tickets.schemas import (
    ConflictDecision,
    LinkedTicketRead,
    LinkedTickets,
    LinkRequest,
    UnlinkRequest,
)
from intake.linked_tickets.store import links, systems
from intake.reads.recorder import Reads
from intake.tickets.dependencies import TicketReference, get_visible_ticket
from intake.tickets.store import tickets

of_tickets = router("/v1/tickets", ["linked tickets"])
routes = router("/v1/linked-tickets", ["linked tickets"])
ROUTERS: Final = (of_tickets, routes)


@of_tickets.get("/{ticket}/linked-tickets")
async def list_links_of_ticket(
    ref: TicketReference, caller: Worker, tx: Transaction, reads: Reads
) -> LinkedTickets:
    """List the links of a ticket with other systems, with what waits and what is in conflict."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    found = await links.of_ticket(tx, ticket.id)
    await reads.note(caller, f"ticket/{ticket.id}")
    return LinkedTickets(items=[await read_link(tx, one) for one in found])


@of_tickets.post("/{ticket}/linked-tickets", status_code=201, response_model=LinkedTicketRead)
async def link_counterpart(
    ref: TicketReference, body: LinkRequest, response: Response, caller: Worker, tx: Transaction
) -> LinkedTicketRead | Response:
    """Link a ticket with a system: its title, description, public messages, priority and state go there."""
    ticket = get_visible_ticket(caller, await tickets.lock(tx, ref), ref)
    system = await systems.find(tx, body.system)
    if system is None:
        detail = f"there is no linked system {body.system!r}"
        raise ValidationFailed([Violation("/system", "unknown_reference", detail)])
    at = await transaction_time(tx)
    outcome = await commands.link_ticket(tx, ticket, system, body.remote_id, caller.actor, at)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/linked-tickets"
    return await read_link(tx, outcome)


@routes.get("")
async def list_linked_tickets(
    caller: Worker,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    needs_decision: bool = True,
) -> Page[LinkedTicketRead]:
    """List links, the newest first: those with a conflict or a refusal, or all of them."""
    rows = await links.page(
        tx, in_conflict=needs_decision, after=page.after_as(UUID), limit=page.limit
    )
    shown = {one.id: await read_link(tx, one) for one in rows}
    await reads.note(caller, *(f"ticket/{one.ticket_id}" for one in rows))
    return page.page_of(rows, lambda one: shown[one.id], lambda one: (one.id,))


@routes.post("/{link}/unlink", response_model=LinkedTicketRead)
async def unlink_counterpart(
    id: LinkId, body: UnlinkRequest, caller: Worker, tx: Transaction
) -> LinkedTicketRead | Response:
    """Unlink a ticket: nothing goes there and nothing comes from there any more."""
    _, link = await lock_link(tx, id)
    at = await transaction_time(tx)
    outcome = await commands.unlink(tx, link, caller.actor, at, body.reason)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return await read_link(tx, outcome)


@routes.post("/{link}/retry", response_model=LinkedTicketRead)
async def retry_linked_ticket(
    id: LinkId, caller: Worker, tx: Transaction
) -> LinkedTicketRead | Response:
    """Retry what the other system refused, once its cause is mended."""
    _, link = await lock_link(tx, id)
    outcome = await commands.retry(tx, link, caller.actor, await transaction_time(tx))
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return await read_link(tx, outcome)


@routes.post("/{link}/conflicts/{conflict}/decide", response_model=LinkedTicketRead)
async def decide_conflict(
    id: LinkId,
    conflict_id: Annotated[UUID, Path(alias="conflict", description="The conflict's id.")],
    body: ConflictDecision,
    caller: Worker,
    tx: Transaction,
) -> LinkedTicketRead | Response:
    """Decide a conflict: whose value holds in the other system. Our ticket stays as it is."""
    _, link = await lock_link(tx, id)
    found = await links.conflicts_of(tx, link.id)
    conflict = next((one for one in found if one.id == conflict_id), None)
    if conflict is None:
        raise NotFound(f"Conflict {conflict_id}")
    at = await transaction_time(tx)
    outcome = await commands.decide_conflict(
        tx, link, conflict, body.decision, caller.actor, at, body.reason
    )
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return await read_link(tx, link)

"""HTTP in: investigations of tickets."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import NotFound
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from intake.investigations import store
from intake.investigations.commands import end_investigation, start_investigation
from intake.investigations.schemas import (
    InvestigationEnd,
    InvestigationRead,
    to_investigation_response,
)
from intake.reads.recorder import Reads
from intake.tickets.dependencies import (
    TicketReference,
    WorkAction,
    get_visible_ticket,
    settings_of,
    to_problem,
)
from intake.tickets.store import tickets

routes = router("/v1/tickets", ["ticket investigations"])

InvestigationId = Annotated[
    UUID, Path(alias="investigation", description="The investigation's id.")
]


@routes.post("/{ticket}/investigations", status_code=201, response_model=InvestigationRead)
async def start_ticket_investigation(action: WorkAction, response: Response) -> object:
    """Start to look for the cause. Where it takes longer than the set time, better monitoring is owed."""
    ticket = await action.lock_ticket()
    at = await transaction_time(action.tx)
    limit = timedelta(minutes=settings_of(action.request.app).long_investigation_minutes)
    outcome = await start_investigation(action.tx, ticket, limit, action.caller.actor, at)
    if isinstance(outcome, Rejection):
        return to_problem(outcome)
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/investigations"
    return to_investigation_response(outcome, at)


@routes.get("/{ticket}/investigations")
async def list_ticket_investigations(
    ref: TicketReference,
    caller: Annotated[Caller, requires("tickets:verify")],
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
) -> Page[InvestigationRead]:
    """List the investigations of a ticket, oldest first. Only staff can read them."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    at = await transaction_time(tx)
    found = await store.page_of_ticket(tx, ticket.id, page.after_as(UUID), page.limit)
    return page.page_of(
        found, lambda one: to_investigation_response(one, at), lambda one: (one.id,)
    )


@routes.post("/{ticket}/investigations/{investigation}/end", response_model=InvestigationRead)
async def end_ticket_investigation(
    action: WorkAction, id: InvestigationId, body: InvestigationEnd
) -> object:
    """End an investigation: the cause was found, or it was given up."""
    ticket = await action.lock_ticket()
    found = await store.find(action.tx, ticket.id, id)
    if found is None:
        raise NotFound("This investigation")
    at = await transaction_time(action.tx)
    outcome = await end_investigation(
        action.tx, ticket, found, body.cause, action.caller.actor, at, found=body.cause_found
    )
    return (
        to_problem(outcome)
        if isinstance(outcome, Rejection)
        else to_investigation_response(outcome, at)
    )

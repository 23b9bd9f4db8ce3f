"""HTTP in: has it been solved? And what a customer writes after a ticket was closed for good."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.domain import Rejection
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from intake.feedback import store
from intake.feedback.commands import Opinion, give_feedback, open_follow_on
from intake.feedback.domain import check_follow_on
from intake.feedback.schemas import (
    FeedbackCreate,
    FeedbackRead,
    FeedbackResult,
    FollowOnCreate,
    to_feedback_result,
)
from intake.reads.recorder import Reads
from intake.tickets.commands import audit_rejection
from intake.tickets.dependencies import (
    TicketAction,
    TicketReader,
    TicketReference,
    get_visible_ticket,
    ticket_action,
    ticket_response,
    to_problem,
)
from intake.tickets.schemas.responses import AnyTicket
from intake.tickets.store import tickets

routes = router("/v1/tickets", ["ticket feedback"])


ContactAction = Annotated[TicketAction, ticket_action("tickets:rate")]


@routes.post("/{ticket}/feedback", status_code=201, response_model=FeedbackResult)
async def give_ticket_feedback(
    action: ContactAction, body: FeedbackCreate, response: Response
) -> object:
    """Record whether a resolved ticket was solved, as its customer says.

    A "no" opens it again; where it was closed too long ago, it opens another one that is linked to it.
    """
    ticket = await action.lock_ticket()
    at = await transaction_time(action.tx)
    opinion = Opinion(body.solved, body.rating, body.comment)
    caller = action.caller
    outcome = await give_feedback(action.tx, ticket, opinion, caller.actor, caller.contact_id, at)
    if isinstance(outcome, Rejection):
        return to_problem(outcome)
    response.headers["Location"] = f"/v1/tickets/{ticket.key}/feedback"
    return to_feedback_result(*outcome)


@routes.get("/{ticket}/feedback")
async def list_ticket_feedback(
    ref: TicketReference,
    caller: TicketReader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
) -> Page[FeedbackRead]:
    """List what contacts said about a ticket, newest first."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    found = await store.page_of_ticket(tx, ticket.id, page.after_as(UUID), page.limit)
    return page.page_of(found, FeedbackRead.model_validate, lambda one: (one.id,))


@routes.post("/{ticket}/follow-on", status_code=201, response_model=AnyTicket)
async def open_follow_on_ticket(action: ContactAction, body: FollowOnCreate) -> Response:
    """Open the ticket that goes on after one that was closed too long ago, linked to it."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    caller = action.caller
    if rejection := check_follow_on(before, at):
        await audit_rejection(action.tx, before, caller.actor, at, "ticket.follow_on", rejection)
        return to_problem(rejection)
    new = await open_follow_on(action.tx, before, body.text, caller.actor, caller.contact_id, at)
    response = ticket_response(caller, new, status=201)
    response.headers["Location"] = f"/v1/tickets/{new.key}"
    return response

"""HTTP in: split a ticket."""

from fastapi import Response

from common.domain import Rejection
from common.http import router
from common.persistence.database import transaction_time
from intake.splits.commands import split_ticket as split
from intake.splits.domain import SplitRequest
from intake.splits.schemas import SplitCreate
from intake.tickets.dependencies import WorkAction, ticket_response, to_problem
from intake.tickets.message_check import require_title
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import messages, tickets

routes = router("/v1/tickets", ["ticket relations"])


@routes.post("/{ticket}/split", status_code=201, response_model=TicketRead)
async def split_ticket(action: WorkAction, body: SplitCreate) -> Response:
    """Split a ticket: open another one with copies of chosen messages, linked to this one.

    The messages stay where they were written, too. The new ticket has the kind, service, environment and
    priority of this one, and counts from the moment at which the customer wrote.
    """
    source = await action.lock_ticket()
    at = await transaction_time(action.tx)
    chosen = await messages.list_chosen(action.tx, source.id, body.messages)
    if source.customer_id is not None:
        await require_title(action.tx, [source], body.title)
    description = await tickets.get_description(action.tx, source.id) if body.description else None
    request = SplitRequest(body.title.strip(), description, chosen)
    new = await split(action.tx, source, request, body.messages, action.caller.actor, at)
    if isinstance(new, Rejection):
        return to_problem(new)
    response = ticket_response(action.caller, new, status=201)
    response.headers["Location"] = f"/v1/tickets/{new.key}"
    return response

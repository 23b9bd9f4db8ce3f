"""What was filled in to open a ticket."""

from common.errors import NotFound
from common.http import Transaction, router
from intake.forms import store as forms
from intake.forms.schemas import FilledFormRead, to_form_response
from intake.reads.recorder import Reads
from intake.tickets.dependencies import TicketReader, TicketReference, get_visible_ticket
from intake.tickets.store import tickets

routes = router("/v1/tickets", ["tickets"])


@routes.get("/{ticket}/form")
async def get_ticket_form(
    ref: TicketReference, caller: TicketReader, tx: Transaction, reads: Reads
) -> FilledFormRead:
    """Get what was filled in to open a ticket, with the version of the form that asked for it."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    filled = await forms.find_filled(tx, ticket.id)
    if filled is None:
        raise NotFound(f"A form of {ticket.key}")
    return FilledFormRead(form=to_form_response(filled[0]), values=filled[1])

"""Opening a ticket."""

from fastapi import Response

from common.database import Transaction, moment
from common.events.tickets import TicketOpened
from common.http import router
from common.ids import uuid7
from intake.recording import By, fact, record_new
from intake.routes.desk import shown
from intake.routes.shown import TicketShown
from intake.routes.wish import Opener, Wish, place_of
from intake.store import tickets

routes = router("/v1/tickets", ["tickets"])


@routes.post("", status_code=201, response_model=TicketShown)
async def open_ticket(asked: Wish, caller: Opener, tx: Transaction) -> Response:
    """Take a ticket in. Once this answers 201, the ticket and its event are kept."""
    place = await place_of(tx, caller, asked)
    number = await tickets.next_number(tx)
    at = await moment(tx)
    ticket = asked.ticket(uuid7(), number, caller, place, at)
    told = fact(
        TicketOpened,
        opened_at=ticket.opened_at,
        channel=ticket.channel,
        needs_triage=ticket.customer_id is None,
    )
    kept = await record_new(tx, ticket, asked.description, By(caller.sub, caller.behind), at, told)
    response = shown(caller, kept, 201)
    response.headers["Location"] = f"/v1/tickets/{kept.key}"
    return response

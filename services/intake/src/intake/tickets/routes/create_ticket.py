"""Opening a ticket as the document declares it; `Accept` serves it."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import FastAPI, Request, Response

from common import audit
from common.auth import Caller
from common.http import idempotency, router
from common.http.etag import etag
from common.http.idempotency import Key
from common.messaging import outbox
from common.persistence.database import Connection, Database, Transaction, moment
from common.persistence.ids import uuid7
from intake.directory.reference_cache import Places
from intake.tickets.commands import By, new_ticket, record_new
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.requests import Opener, Place, Wish, place_of
from intake.tickets.schemas.responses import TicketShown
from intake.tickets.store import tickets
from intake.tickets.store.ticket_batch import CREATED, Opening

routes = router("/v1/tickets", ["tickets"])


@routes.post("", status_code=CREATED, response_model=TicketShown)
async def open_ticket(asked: Wish, request: Request, caller: Opener, tx: Transaction) -> Response:
    """Take a ticket in. Once this answers 201, the ticket and its event are kept."""
    place = await place_of(places_of(request.app), caller, asked)
    return await open_alone(tx, caller, asked, place)


async def open_alone(tx: Connection, caller: Caller, asked: Wish, place: Place) -> Response:
    """Open one ticket in a transaction of its own."""
    number = await tickets.next_number(tx)
    at = await moment(tx)
    ticket = asked.ticket(uuid7(), number, caller, place, at)
    kept = await record_new(tx, ticket, asked.description, By(caller.sub, caller.behind), at)
    return Response(_body(kept), CREATED, _headers(kept))


async def open_again(
    database: Database, key: Key, caller: Caller, asked: Wish, place: Place
) -> Response:
    """What was answered under this key before; a ticket after all when that was too long ago."""
    async with database.transaction() as tx:
        response = await idempotency.recall(tx, key)
        if response is None:
            response = await open_alone(tx, caller, asked, place)
            await idempotency.remember(tx, key, response)
        return response


def opening(
    asked: Wish, caller: Caller, place: Place, key: Key | None, number: int, at: datetime
) -> Opening:
    """The same ticket for a batch: all its rows, and the answer. Raises Invalid."""
    ticket = asked.ticket(uuid7(), number, caller, place, at)
    kept, told, entry = new_ticket(ticket, By(caller.sub, caller.behind), at)
    return Opening(
        ticket=kept,
        description=asked.description,
        told=outbox.rows(told),
        audited=audit.rows([entry]),
        headers=_headers(kept),
        body=_body(kept),
        key=key,
    )


def places_of(app: FastAPI) -> Places:
    """The app's memory of customers and environments."""
    if not hasattr(app.state, "places"):
        app.state.places = Places(app.state.database)
    places: Places = app.state.places
    return places


def _headers(ticket: Ticket) -> Mapping[str, str]:
    return {
        "location": f"/v1/tickets/{ticket.key}",
        "etag": etag(ticket.sequence),
        "content-type": "application/json",
    }


def _body(ticket: Ticket) -> bytes:
    """The new ticket as anybody may read it. Not validated again: that was a fifth of the whole."""
    told = {name: getattr(ticket, name) for name in TicketShown.model_fields}
    return TicketShown.model_construct(**told).model_dump_json().encode()

"""Opening a ticket as the document declares it; `Accept` serves it."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import FastAPI, Request, Response

from common import audit
from common.auth import Caller
from common.http import idempotency, router
from common.http.etag import etag
from common.http.idempotency import IdempotencyKey
from common.messaging import outbox
from common.persistence.database import Connection, Database, Transaction, transaction_time
from common.persistence.ids import uuid7
from intake.directory.reference_cache import ReferenceCache
from intake.tickets.commands import Actor, prepare_new_ticket, save_new
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.requests import Opener, TicketCreate, TicketScope, resolve_scope
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import tickets
from intake.tickets.store.ticket_batch import HTTP_CREATED, NewTicketRows

routes = router("/v1/tickets", ["tickets"])


@routes.post("", status_code=HTTP_CREATED, response_model=TicketRead)
async def create_ticket(
    body: TicketCreate, request: Request, caller: Opener, tx: Transaction
) -> Response:
    """Take a ticket in. Once this answers 201, the ticket and its event are kept."""
    scope = await resolve_scope(reference_cache_of(request.app), caller, body)
    return await create_single(tx, caller, body, scope)


async def create_single(
    tx: Connection, caller: Caller, body: TicketCreate, scope: TicketScope
) -> Response:
    """Open one ticket in a transaction of its own."""
    number = await tickets.next_number(tx)
    at = await transaction_time(tx)
    ticket = body.to_ticket(uuid7(), number, caller, scope, at)
    stored = await save_new(tx, ticket, body.description, Actor(caller.sub, caller.via_machine), at)
    return Response(_response_body(stored), HTTP_CREATED, _response_headers(stored))


async def replay_or_create(
    database: Database, key: IdempotencyKey, caller: Caller, body: TicketCreate, scope: TicketScope
) -> Response:
    """What was answered under this key before; a ticket after all when that was too long ago."""
    async with database.transaction() as tx:
        response = await idempotency.find_response(tx, key)
        if response is None:
            response = await create_single(tx, caller, body, scope)
            await idempotency.store_response(tx, key, response)
        return response


def build_rows(
    body: TicketCreate,
    caller: Caller,
    scope: TicketScope,
    key: IdempotencyKey | None,
    number: int,
    at: datetime,
) -> NewTicketRows:
    """The same ticket for a batch: all its rows, and the answer. Raises Invalid."""
    ticket = body.to_ticket(uuid7(), number, caller, scope, at)
    sequenced, outbox_events, entry = prepare_new_ticket(
        ticket, Actor(caller.sub, caller.via_machine), at
    )
    return NewTicketRows(
        ticket=sequenced,
        description=body.description,
        outbox_rows=outbox.outbox_rows(outbox_events),
        audit_rows=audit.rows([entry]),
        headers=_response_headers(sequenced),
        body=_response_body(sequenced),
        key=key,
    )


def reference_cache_of(app: FastAPI) -> ReferenceCache:
    """The app's memory of customers and environments."""
    if not hasattr(app.state, "places"):
        app.state.places = ReferenceCache(app.state.database)
    cache: ReferenceCache = app.state.places
    return cache


def _response_headers(ticket: Ticket) -> Mapping[str, str]:
    return {
        "location": f"/v1/tickets/{ticket.key}",
        "etag": etag(ticket.sequence),
        "content-type": "application/json",
    }


def _response_body(ticket: Ticket) -> bytes:
    """The new ticket as anybody may read it. Not validated again: that was a fifth of the whole."""
    values = {name: getattr(ticket, name) for name in TicketRead.model_fields}
    return TicketRead.model_construct(**values).model_dump_json().encode()

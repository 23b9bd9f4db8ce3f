"""Opening a ticket, as FastAPI serves and documents it; `create_ticket_fast` is what runs."""

from fastapi import Request, Response

from common.auth import Caller
from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.http import Transaction, idempotency, router, runtime_of, state_of
from common.http.idempotency import IdempotencyKey
from common.persistence.database import Connection, Database, transaction_time
from intake.tickets.commands import open_ticket
from intake.tickets.dependencies import TicketOpener
from intake.tickets.domain.new_ticket import TicketRequest, check_opened_at
from intake.tickets.matrix_cache import MatrixCache
from intake.tickets.schemas.requests import TicketCreate
from intake.tickets.schemas.responses import TicketRead, created_body, created_headers
from intake.tickets.store.ticket_batch import HTTP_CREATED
from intake.tickets.ticket_scope import resolve_scope

routes = router("/v1/tickets", ["tickets"])


@routes.post("", status_code=HTTP_CREATED, response_model=TicketRead)
async def create_ticket(
    body: TicketCreate, request: Request, caller: TicketOpener, tx: Transaction
) -> Response:
    """Open a ticket. Once this answers 201, the ticket and its event are stored."""
    scope = await resolve_scope(state_of(request.app), caller, body)
    matrix = await runtime_of(request.app).resource(MatrixCache).get()
    return await create_single(tx, caller, body.to_request(caller, scope, matrix))


async def create_single(tx: Connection, caller: Caller, request: TicketRequest) -> Response:
    """Open one ticket in a transaction of its own. Raises ValidationFailed."""
    at = await transaction_time(tx)
    if rejection := check_opened_at(request, at):
        raise opened_at_problem(rejection)
    ticket = await open_ticket(tx, request, caller.actor, at)
    return Response(created_body(ticket), HTTP_CREATED, created_headers(ticket))


async def replay_or_create(
    database: Database, key: IdempotencyKey, caller: Caller, request: TicketRequest
) -> Response:
    """The response stored under a used key; a new ticket where that response has expired."""
    async with database.transaction() as tx:
        response = await idempotency.find_response(tx, key)
        if response is None:
            response = await create_single(tx, caller, request)
            await idempotency.store_response(tx, key, response)
        return response


def opened_at_problem(rejection: Rejection) -> ValidationFailed:
    """The error for an `opened_at` that is not allowed."""
    return ValidationFailed([Violation("/opened_at", rejection.code.lower(), rejection.detail)])

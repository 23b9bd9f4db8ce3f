"""Opening a ticket, as FastAPI serves and documents it; `create_ticket_fast` is what runs."""

from fastapi import Request, Response

from common.auth import Caller
from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.http import Transaction, idempotency, router, runtime_of, state_of
from common.http.idempotency import IdempotencyKey
from common.http.state import AppState
from common.persistence.database import Connection, Database, transaction_time
from intake.directory.reference_cache import ReferenceCache
from intake.tickets.additions import store_additions
from intake.tickets.commands import open_ticket
from intake.tickets.dependencies import TicketOpener
from intake.tickets.domain.new_ticket import TicketRequest, TicketScope, check_opened_at
from intake.tickets.matrix_cache import MatrixCache
from intake.tickets.opening_check import CustomerNames, check_opening
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
    scope = await resolve_checked_scope(state_of(request.app), caller, body)
    matrix = await runtime_of(request.app).resource(MatrixCache).get()
    return await create_single(tx, caller, body, body.to_request(caller, scope, matrix))


async def resolve_checked_scope(state: AppState, caller: Caller, body: TicketCreate) -> TicketScope:
    """The scope that the body names, once its words may be read there.

    Raises Forbidden, ValidationFailed or OpeningRefused.
    """
    scope = await resolve_scope(state, caller, body)
    customer = await state.runtime.resource(ReferenceCache).get_customer(scope.customer)
    names = state.runtime.resource(CustomerNames)
    await check_opening(names, caller, body, scope, "" if customer is None else customer.name)
    return scope


async def create_single(
    tx: Connection, caller: Caller, body: TicketCreate, request: TicketRequest
) -> Response:
    """Open one ticket with its form and files in a transaction of its own. Raises ValidationFailed."""
    at = await transaction_time(tx)
    if rejection := check_opened_at(request, at):
        raise opened_at_problem(rejection)
    ticket = await open_ticket(tx, request, caller.actor, at)
    if body.has_additions:
        await store_additions(tx, caller, ticket, body)
    return Response(created_body(ticket), HTTP_CREATED, created_headers(ticket))


async def replay_or_create(
    database: Database,
    key: IdempotencyKey | None,
    caller: Caller,
    body: TicketCreate,
    request: TicketRequest,
) -> Response:
    """The response stored under a used key; a new ticket without one, or where it has expired."""
    async with database.transaction() as tx:
        response = None if key is None else await idempotency.find_response(tx, key)
        if response is None:
            response = await create_single(tx, caller, body, request)
            if key is not None:
                await idempotency.store_response(tx, key, response)
        return response


def opened_at_problem(rejection: Rejection) -> ValidationFailed:
    """The error for an `opened_at` that is not allowed."""
    return ValidationFailed([Violation("/opened_at", rejection.code.lower(), rejection.detail)])

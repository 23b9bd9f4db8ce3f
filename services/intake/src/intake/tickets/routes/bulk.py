"""One action on many tickets: each in a transaction of its own, with a result of its own."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from common.auth import Caller, requires
from common.auth.requirements import RequiresPermission
from common.errors import Problem, UnsupportedMediaType, ValidationFailed, Violation
from common.http import authorized_router, idempotency, state_of
from common.http.body import StrictRequest
from common.http.idempotency import IdempotencyKey
from common.http.problems import ProblemResponse, problem_from_error, violations
from common.http.references import Reference, Refers, find_violations
from common.persistence.database import Connection, Database
from common.persistence.workload import WRITES
from intake.directory.known_keys import REFERENCES
from intake.tickets.dependencies import TicketAction
from intake.tickets.routes import actions, endings, priorities, reclassification, replies
from intake.tickets.schemas.action_requests import (
    Assignment,
    HoldRequest,
    MergeRequest,
    OptionalReason,
    PriorityUpdate,
    Reason,
    ReclassificationRequest,
    Resolution,
)
from intake.tickets.schemas.bulk import (
    BulkActionName,
    BulkItemRead,
    BulkProblem,
    BulkRequest,
    BulkResult,
)
from intake.tickets.schemas.requests import ReplyCreate

routes = authorized_router("/v1/tickets", ["ticket actions"])

M = TypeVar("M", bound=BaseModel)
Run = Callable[[TicketAction, Any], Awaitable[Response]]
FIRST_ERROR: Final = 400


async def _reply(action: TicketAction, body: ReplyCreate) -> Response:
    response = Response(status_code=201)
    await replies.create_reply(action, body, response)
    return response


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An action that can be done on many tickets: the body that it takes, and the route of one ticket."""

    body: type[BaseModel]
    run: Run
    permission: str = "tickets:work"


BULK_ACTIONS: Final[Mapping[BulkActionName, BulkAction]] = {
    "assign": BulkAction(Assignment, actions.assign_ticket),
    "close": BulkAction(OptionalReason, endings.close_ticket),
    "hold": BulkAction(HoldRequest, actions.put_ticket_on_hold),
    "merge": BulkAction(MergeRequest, endings.merge_ticket),
    "prioritise": BulkAction(PriorityUpdate, priorities.prioritise_ticket),
    "reclassify": BulkAction(ReclassificationRequest, reclassification.reclassify_ticket),
    "reject": BulkAction(Reason, endings.reject_resolution, "tickets:verify"),
    "reopen": BulkAction(Reason, endings.reopen_ticket),
    "reply": BulkAction(ReplyCreate, _reply, "tickets:reply"),
    "resolve": BulkAction(Resolution, endings.resolve_ticket),
    "resume": BulkAction(OptionalReason, actions.resume_ticket),
    "verify": BulkAction(OptionalReason, endings.verify_ticket, "tickets:verify"),
}


@dataclass(frozen=True, slots=True)
class _Bulk:
    """A request that was read: who asks for what, on which connections."""

    request: StrictRequest
    caller: Caller
    database: Database
    action: BulkAction
    body: BaseModel
    key: IdempotencyKey | None

    def key_for(self, ref: str) -> IdempotencyKey | None:
        """The key under which the answer for one ticket is stored: what is done already is done once."""
        if self.key is None:
            return None
        digest = hashlib.sha256(f"{self.key.key}\0{ref}".encode()).hexdigest()
        return IdempotencyKey(self.key.caller, f"bulk-{digest}", self.key.request_digest)


@routes.post(
    "/bulk",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": BulkRequest.model_json_schema()}},
        }
    },
)
async def apply_bulk_action(
    request: Request, caller: Annotated[Caller, requires("tickets:work")]
) -> BulkResult:
    """Apply one action to up to a hundred tickets. The answer says of each whether it was done, or why not.

    Each is done or not by itself. Sent again with its Idempotency-Key, what was done is not done again, and
    the rest is.
    """
    strict = StrictRequest(request.scope, request.receive)
    asked = await _read(strict)
    action = BULK_ACTIONS[asked.action]
    body = _parse(action.body, asked.body, "/body")
    database = state_of(request.app).database_for(WRITES)
    await _check_references(database, caller, body)
    key = await idempotency.key_from_request(strict, caller.identity)
    bulk = _Bulk(strict, caller, database, action, body, key)
    items = [await _act_on(bulk, ref) for ref in asked.tickets]
    failed = sum(one.problem is not None for one in items)
    return BulkResult(done=len(items) - failed, failed=failed, items=items)


async def _read(request: StrictRequest) -> BulkRequest:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise UnsupportedMediaType("application/json")
    return _parse(BulkRequest, await request.json(), "")


def _parse(model: type[M], value: object, below: str) -> M:
    """The value as this model. Raises ValidationFailed, with pointers below `below`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = violations(error)
    raise ValidationFailed([Violation(below + one.pointer, one.code, one.detail) for one in found])


async def _check_references(database: Database, caller: Caller, body: BaseModel) -> None:
    """Raise ValidationFailed where the body names what no table knows (I5): once, not for each ticket."""
    named = [
        Reference(f"/body/{name}", mark.kind, value)
        for name, info in type(body).model_fields.items()
        for mark in info.metadata
        if isinstance(mark, Refers) and isinstance(value := getattr(body, name), str)
    ]
    async with database.transaction() as tx:
        if named and (unknown := await find_violations(tx, REFERENCES, caller, named)):
            raise ValidationFailed(unknown)


async def _act_on(bulk: _Bulk, ref: str) -> BulkItemRead:
    try:
        async with bulk.database.transaction() as tx:
            response = await _once(tx, bulk, ref)
    except Exception as error:  # noqa: BLE001 - one ticket that fails stops no other; it is reported
        return _failed(ref, problem_from_error(error))
    if isinstance(response, ProblemResponse):
        return _failed(ref, response.problem)
    if response.status_code >= FIRST_ERROR:
        return _failed_before(ref, response)
    return BulkItemRead(ticket=ref, status=response.status_code, problem=None)


async def _once(tx: Connection, bulk: _Bulk, ref: str) -> Response:
    """The response of the action on one ticket; the stored one where it was done before."""
    key = bulk.key_for(ref)
    if key is not None and (stored := await idempotency.find_response(tx, key)):
        return stored
    RequiresPermission(bulk.action.permission).check(bulk.caller)
    response = await bulk.action.run(TicketAction(ref, bulk.request, bulk.caller, tx), bulk.body)
    if key is not None:
        if isinstance(response, ProblemResponse):
            response.for_request(bulk.request.scope)
        await idempotency.store_response(tx, key, response)
    return response


def _failed(ref: str, problem: Problem) -> BulkItemRead:
    body = problem.body("", "")
    return BulkItemRead(ticket=ref, status=problem.status, problem=_to_bulk_problem(body))


def _failed_before(ref: str, response: Response) -> BulkItemRead:
    """The result of a ticket whose action was refused when the same request came before."""
    return BulkItemRead(
        ticket=ref,
        status=response.status_code,
        problem=_to_bulk_problem(from_json(bytes(response.body))),
    )


def _to_bulk_problem(problem: Mapping[str, Any]) -> BulkProblem:
    return BulkProblem(
        type=problem["type"],
        title=problem["title"],
        detail=problem["detail"],
        code=problem.get("code"),
    )

"""The matrix of impact and urgency that gives priorities: lower ones take two people (R1, R5)."""

from typing import Annotated

from fastapi import Request, Response

from common import audit
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.http import Transaction, router, runtime_of
from common.persistence.database import transaction_time
from intake.tickets.dependencies import to_problem
from intake.tickets.domain.priority_matrix import change, confirm, decline
from intake.tickets.matrix_cache import MatrixCache
from intake.tickets.schemas.priority_matrix import (
    PriorityMatrixConfirmation,
    PriorityMatrixRead,
    PriorityMatrixUpdate,
    to_matrix_response,
)
from intake.tickets.store import priority_matrices

routes = router("/v1/priority-matrix", ["ticket priorities"])

Configurer = Annotated[Caller, requires("priorities:configure")]
SUBJECT = "priority_matrix"


@routes.get("")
async def get_priority_matrix(
    caller: Annotated[Caller, requires("tickets:verify")], tx: Transaction
) -> PriorityMatrixRead:
    """Get the matrix of impact and urgency, with a change that waits for a second person."""
    return to_matrix_response(await priority_matrices.find(tx))


@routes.put("")
async def update_priority_matrix(
    body: PriorityMatrixUpdate, caller: Configurer, tx: Transaction, request: Request
) -> PriorityMatrixRead:
    """Change the matrix for tickets that are assessed from now on.

    One that lowers a priority is pending until a second person confirms it; open tickets stay as they are.
    """
    before = await priority_matrices.lock(tx)
    at = await transaction_time(tx)
    version = await priority_matrices.next_version(tx)
    cells = body.priorities.to_matrix()
    after = change(before, cells, version, caller.sub, at, body.reason)
    await priority_matrices.save(tx, before, after, body.reason, at)
    grounds = {"version": version, "reason": body.reason, "waits": after.pending is not None}
    await audit.record(
        tx, audit.Entry.by(caller.actor, at, "priority_matrix.update", SUBJECT, grounds)
    )
    runtime_of(request.app).resource(MatrixCache).forget()
    return to_matrix_response(after)


@routes.post("/confirm", response_model=PriorityMatrixRead)
async def confirm_priority_matrix(
    body: PriorityMatrixConfirmation, caller: Configurer, tx: Transaction, request: Request
) -> PriorityMatrixRead | Response:
    """Confirm or decline the lower priorities of the matrix that another person asked for."""
    before = await priority_matrices.lock(tx)
    at = await transaction_time(tx)
    requested_by = None if before.pending is None else before.pending.requested_by
    person = await counted_as(tx, caller.sub, requested_by)
    after = confirm(before, person) if body.agree else decline(before)
    grounds = {"requested_by": requested_by, "agree": body.agree, "reason": body.reason}
    if isinstance(after, Rejection):
        grounds |= {"denied": after.code}
    await audit.record(
        tx, audit.Entry.by(caller.actor, at, "priority_matrix.confirm", SUBJECT, grounds)
    )
    if isinstance(after, Rejection):
        return to_problem(after)
    await priority_matrices.save(tx, before, after, body.reason or "", at)
    runtime_of(request.app).resource(MatrixCache).forget()
    return to_matrix_response(after)

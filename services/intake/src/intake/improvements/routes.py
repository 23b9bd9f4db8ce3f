"""HTTP in: improvements of the monitoring that are owed, until a second person has verified them (R9)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from common.audit import JSON
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, rejection_response, router
from common.persistence.database import Connection, transaction_time
from intake.improvements import store
from intake.improvements.commands import save_step
from intake.improvements.domain import Improvement, finish, plan, send_back, verify
from intake.improvements.schemas import (
    ImprovementEvidence,
    ImprovementPlan,
    ImprovementRead,
    ImprovementVerification,
)
from intake.reads.recorder import Reads

routes = router("/v1/monitoring-improvements", ["monitoring improvements"])

Reference = Annotated[
    str, Path(alias="improvement", max_length=40, description="The improvement's id or key.")
]
Worker = Annotated[Caller, requires("tickets:work")]
Reader = Annotated[Caller, requires("tickets:verify")]


@routes.get("")
async def list_monitoring_improvements(
    caller: Reader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    open: bool | None = None,
) -> Page[ImprovementRead]:
    """List improvements of the monitoring that are owed, newest first."""
    rows = await store.page(tx, open, page.after_as(UUID), page.limit)
    await reads.note(caller, *(f"ticket/{one.ticket_id}" for one in rows[: page.limit]))
    return page.page_of(rows, ImprovementRead.model_validate, lambda one: (one.id,))


@routes.get("/{improvement}")
async def get_monitoring_improvement(
    ref: Reference, caller: Reader, tx: Transaction, reads: Reads
) -> ImprovementRead:
    """Get an improvement of the monitoring by id or key."""
    found = await store.find(tx, ref)
    if found is None:
        raise NotFound(f"Improvement {ref}")
    await reads.note(caller, f"ticket/{found.ticket_id}")
    return ImprovementRead.model_validate(found)


@routes.post("/{improvement}/plan", response_model=ImprovementRead)
async def plan_monitoring_improvement(
    ref: Reference, body: ImprovementPlan, caller: Worker, tx: Transaction
) -> object:
    """Plan an improvement: who does what by when, and by what another person sees that it is done."""
    before = await _lock(tx, ref)
    at = await transaction_time(tx)
    if body.due_at is not None and body.due_at <= at:
        raise ValidationFailed([Violation("/due_at", "past", "give an instant that is to come")])
    outcome = plan(before, body.owner, body.task, body.criterion, body.due_at)
    due_at = body.due_at and body.due_at.isoformat()
    grounds: dict[str, JSON] = {"owner": body.owner, "due_at": due_at}
    return _respond(await save_step(tx, before, outcome, "plan", caller.actor, at, grounds))


@routes.post("/{improvement}/finish", response_model=ImprovementRead)
async def finish_monitoring_improvement(
    ref: Reference, body: ImprovementEvidence, caller: Reader, tx: Transaction
) -> object:
    """Finish an improvement, with evidence. Another person must verify it."""
    before = await _lock(tx, ref)
    at = await transaction_time(tx)
    outcome = finish(before, caller.sub, body.evidence, at)
    return _respond(await save_step(tx, before, outcome, "finish", caller.actor, at, {}))


@routes.post("/{improvement}/verify", response_model=ImprovementRead)
async def verify_monitoring_improvement(
    ref: Reference, body: ImprovementVerification, caller: Reader, tx: Transaction
) -> object:
    """Verify an improvement by its criterion, as another person, or send it back."""
    before = await _lock(tx, ref)
    at = await transaction_time(tx)
    person = await counted_as(tx, caller.sub, before.done_by, before.owner)
    outcome = verify(before, person, at) if body.agree else send_back(before)
    action = "verify" if body.agree else "send_back"
    grounds: dict[str, JSON] = {"reason": body.reason}
    return _respond(await save_step(tx, before, outcome, action, caller.actor, at, grounds))


async def _lock(tx: Connection, ref: str) -> Improvement:
    """The improvement, locked. Raises NotFound."""
    found = await store.lock(tx, ref)
    if found is None:
        raise NotFound(f"Improvement {ref}")
    return found


def _respond(outcome: Improvement | Rejection) -> ImprovementRead | Response:
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return ImprovementRead.model_validate(outcome)

"""What people do to a running case: acknowledge, resolve, escalate, snooze."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import RequestModel, if_match, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome, load_roster
from escalation.cases.domain import lifecycle, policy_engine
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.domain.timeline import Rejection
from escalation.cases.schemas import EscalationRead, case_to_response
from escalation.policies import store as policy_store
from escalation.rotas.schemas import Key

routes = router("/v1/escalations", tags=["escalations"])

Decide = Callable[[Case, datetime], Outcome | Rejection]
Name = str


class EscalationResolve(RequestModel):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class EscalationSnooze(RequestModel):
    """For a blocker a second person asks for the same `until`; only then it is quiet (E7)."""

    until: datetime


class EscalationMove(RequestModel):
    policy: Key


@routes.post("/{name}/acknowledge", response_model=EscalationRead)
async def acknowledge(
    tx: Transaction,
    request: Request,
    name: Name,
    response: Response,
    caller: Annotated[Caller, requires("escalations:acknowledge")],
) -> EscalationRead:
    """Take it: nobody else is told until it times out (E5, E6)."""

    def decide(case: Case, at: datetime) -> Outcome | Rejection:
        return lifecycle.acknowledge(case.state, case.policy, caller.sub, at)

    return await _run_action(tx, request, response, name, caller, "acknowledge", decide)


@routes.post("/{name}/resolve", response_model=EscalationRead)
async def resolve(
    tx: Transaction,
    request: Request,
    name: Name,
    body: EscalationResolve,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """End it, for good (E5)."""

    def decide(case: Case, at: datetime) -> Outcome | Rejection:
        return lifecycle.resolve(case.state, caller.sub, body.reason, at)

    return await _run_action(tx, request, response, name, caller, "resolve", decide)


@routes.post("/{name}/escalate", response_model=EscalationRead)
async def escalate(
    tx: Transaction,
    request: Request,
    name: Name,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Fire the next step now, wrapping to the first; reopens (E8)."""
    roster = await load_roster(tx)

    def decide(case: Case, at: datetime) -> Outcome | Rejection:
        return policy_engine.escalate(case.state, case.policy, roster, caller.sub, at)

    return await _run_action(tx, request, response, name, caller, "escalate", decide)


@routes.post("/{name}/snooze", response_model=EscalationRead)
async def snooze(
    tx: Transaction,
    request: Request,
    name: Name,
    body: EscalationSnooze,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Quiet until an instant, then step 1 again (E7)."""

    def decide(case: Case, at: datetime) -> Outcome | Rejection:
        return lifecycle.snooze(case.state, caller.sub, body.until, at)

    return await _run_action(tx, request, response, name, caller, "snooze", decide)


@routes.post("/{name}/move", response_model=EscalationRead)
async def move(
    tx: Transaction,
    request: Request,
    name: Name,
    body: EscalationMove,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Another policy takes over, at its first step; what was pending is cancelled (E14)."""
    policy = await policy_store.get_newest_policy(tx, body.policy)
    if policy is None:
        raise ValidationFailed([Violation("/policy", "unknown_policy", "no policy is called so")])
    roster = await load_roster(tx)

    def decide(case: Case, at: datetime) -> Outcome | Rejection:
        return policy_engine.move_to_policy(case.state, policy, roster, caller.sub, at)

    return await _run_action(tx, request, response, name, caller, "move", decide)


async def _run_action(
    tx: Connection,
    request: Request,
    response: Response,
    name: str,
    caller: Caller,
    action: str,
    decide: Decide,
) -> EscalationRead:
    """Lock, decide, store, announce. Raises NotFound, PreconditionFailed, or Conflict."""
    case = await cases.lock(tx, name)
    if case is None:
        raise NotFound("This escalation")
    if_match(request, case.sequence, case_to_response(case))
    at = await transaction_time(tx)
    outcome = decide(case, at)
    if isinstance(outcome, Rejection):
        kind = f"escalation-{outcome.code.lower().replace('_', '-')}"
        raise Conflict(outcome.detail, type=kind)
    after = await apply_outcome(tx, case, outcome)
    about = {"was": case.state.status, "is": after.state.status}
    subject = f"escalation/{case.id}"
    await record(
        tx, Entry(at, caller.sub, f"escalation.{action}", subject, about, caller.via_machine)
    )
    set_etag(response, after.sequence)
    return case_to_response(after)

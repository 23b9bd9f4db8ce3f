"""What people do to a running case: acknowledge, resolve, escalate, snooze."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, needs
from common.errors import Conflict, Invalid, NotFound, Violation
from common.http import Asked, if_match, router, set_etag
from common.persistence.database import Connection, Transaction, moment
from escalation.cases import store as cases
from escalation.cases.commands import keep, roster
from escalation.cases.domain import lifecycle, policy_engine
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.domain.timeline import Refused
from escalation.cases.schemas import EscalationTold, case_told
from escalation.policies import store as policy_store
from escalation.rotas.schemas import Key

routes = router("/v1/escalations", tags=["escalations"])

Act = Callable[[Case, datetime], Outcome | Refused]
Name = str


class ResolutionAsked(Asked):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class SnoozeAsked(Asked):
    """For a blocker a second person asks for the same `until`; only then it is quiet (E7)."""

    until: datetime


class MoveAsked(Asked):
    policy: Key


@routes.post("/{name}/acknowledge", response_model=EscalationTold)
async def acknowledge(
    tx: Transaction,
    request: Request,
    name: Name,
    response: Response,
    caller: Annotated[Caller, needs("escalations:acknowledge")],
) -> EscalationTold:
    """Take it: nobody else is told until it times out (E5, E6)."""

    def act(case: Case, at: datetime) -> Outcome | Refused:
        return lifecycle.acknowledge(case.state, case.policy, caller.sub, at)

    return await _do(tx, request, response, name, caller, "acknowledge", act)


@routes.post("/{name}/resolve", response_model=EscalationTold)
async def resolve(
    tx: Transaction,
    request: Request,
    name: Name,
    wanted: ResolutionAsked,
    response: Response,
    caller: Annotated[Caller, needs("escalations:work")],
) -> EscalationTold:
    """End it, for good (E5)."""

    def act(case: Case, at: datetime) -> Outcome | Refused:
        return lifecycle.resolve(case.state, caller.sub, wanted.reason, at)

    return await _do(tx, request, response, name, caller, "resolve", act)


@routes.post("/{name}/escalate", response_model=EscalationTold)
async def escalate(
    tx: Transaction,
    request: Request,
    name: Name,
    response: Response,
    caller: Annotated[Caller, needs("escalations:work")],
) -> EscalationTold:
    """Fire the next step now, wrapping to the first; reopens (E8)."""
    who = await roster(tx)

    def act(case: Case, at: datetime) -> Outcome | Refused:
        return policy_engine.escalate(case.state, case.policy, who, caller.sub, at)

    return await _do(tx, request, response, name, caller, "escalate", act)


@routes.post("/{name}/snooze", response_model=EscalationTold)
async def snooze(
    tx: Transaction,
    request: Request,
    name: Name,
    wanted: SnoozeAsked,
    response: Response,
    caller: Annotated[Caller, needs("escalations:work")],
) -> EscalationTold:
    """Quiet until an instant, then step 1 again (E7)."""

    def act(case: Case, at: datetime) -> Outcome | Refused:
        return lifecycle.snooze(case.state, caller.sub, wanted.until, at)

    return await _do(tx, request, response, name, caller, "snooze", act)


@routes.post("/{name}/move", response_model=EscalationTold)
async def move(
    tx: Transaction,
    request: Request,
    name: Name,
    wanted: MoveAsked,
    response: Response,
    caller: Annotated[Caller, needs("escalations:work")],
) -> EscalationTold:
    """Another policy takes over, at its first step; what was pending is cancelled (E14)."""
    policy = await policy_store.newest_policy(tx, wanted.policy)
    if policy is None:
        raise Invalid([Violation("/policy", "unknown_policy", "no policy is called so")])
    who = await roster(tx)

    def act(case: Case, at: datetime) -> Outcome | Refused:
        return policy_engine.moved(case.state, policy, who, caller.sub, at)

    return await _do(tx, request, response, name, caller, "move", act)


async def _do(
    tx: Connection,
    request: Request,
    response: Response,
    name: str,
    caller: Caller,
    action: str,
    act: Act,
) -> EscalationTold:
    """Lock, decide, store, announce. Raises NotFound, PreconditionFailed, or Conflict."""
    case = await cases.lock_one(tx, name)
    if case is None:
        raise NotFound("This escalation")
    if_match(request, case.sequence, case_told(case))
    at = await moment(tx)
    outcome = act(case, at)
    if isinstance(outcome, Refused):
        kind = f"escalation-{outcome.code.lower().replace('_', '-')}"
        raise Conflict(outcome.detail, type=kind)
    after = await keep(tx, case, outcome)
    about = {"was": case.state.status, "is": after.state.status}
    subject = f"escalation/{case.id}"
    await record(tx, Entry(at, caller.sub, f"escalation.{action}", subject, about, caller.behind))
    set_etag(response, after.sequence)
    return case_told(after)

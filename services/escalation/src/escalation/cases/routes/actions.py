"""What people do to a running escalation: acknowledge, resolve, escalate, snooze, move."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.http import Transaction, router
from escalation.cases.dependencies import run_action
from escalation.cases.domain import lifecycle, policy_engine
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.schemas import (
    EscalationMove,
    EscalationRead,
    EscalationResolve,
    EscalationSnooze,
)
from escalation.policies import store as policies

routes = router("/v1/escalations", tags=["escalations"])


@routes.post("/{escalation}/acknowledge", response_model=EscalationRead)
async def acknowledge_escalation(
    tx: Transaction,
    request: Request,
    escalation: str,
    response: Response,
    caller: Annotated[Caller, requires("escalations:acknowledge")],
) -> EscalationRead:
    """Acknowledge an escalation, so that nobody else is notified.

    It reopens when the time-out of its policy passes before it is resolved. With a policy where each
    acknowledges for themselves, only the caller's own notifications stop.
    """

    def decide(case: Case, at: datetime, person: str) -> Outcome | Rejection:
        return lifecycle.acknowledge(case.state, case.policy, caller.sub, at)

    return await run_action(tx, request, response, escalation, caller, "acknowledge", decide)


@routes.post("/{escalation}/resolve", response_model=EscalationRead)
async def resolve_escalation(
    tx: Transaction,
    request: Request,
    escalation: str,
    body: EscalationResolve,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Resolve an escalation for good. What is not sent yet is cancelled.

    A blocker's is resolved once a second person has asked for it; until then people are paged as before.
    """

    def decide(case: Case, at: datetime, person: str) -> Outcome | Rejection:
        return lifecycle.resolve(case.state, person, body.reason, at)

    return await run_action(tx, request, response, escalation, caller, "resolve", decide)


@routes.post("/{escalation}/escalate", response_model=EscalationRead)
async def escalate_manually(
    tx: Transaction,
    request: Request,
    escalation: str,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Escalate to the next step of the policy at once.

    After the last step it is the first. An acknowledged, snoozed or exhausted escalation is open again.
    """
    roster = await policies.load_roster(tx)

    def decide(case: Case, at: datetime, person: str) -> Outcome | Rejection:
        return policy_engine.escalate(case.state, case.policy, roster, caller.sub, at)

    return await run_action(tx, request, response, escalation, caller, "escalate", decide)


@routes.post("/{escalation}/snooze", response_model=EscalationRead)
async def snooze_escalation(
    tx: Transaction,
    request: Request,
    escalation: str,
    body: EscalationSnooze,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Snooze an escalation until an instant, at which step 1 fires again.

    A blocker is quiet only once a second person has asked for the same instant.
    """

    def decide(case: Case, at: datetime, person: str) -> Outcome | Rejection:
        return lifecycle.snooze(case.state, person, body.until, at)

    return await run_action(tx, request, response, escalation, caller, "snooze", decide)


@routes.post("/{escalation}/move", response_model=EscalationRead)
async def move_escalation(
    tx: Transaction,
    request: Request,
    escalation: str,
    body: EscalationMove,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Move an escalation to another policy, whose first step fires at once.

    What the previous policy had not sent yet is cancelled.
    """
    policy = await policies.get_newest_policy(tx, body.policy)
    if policy is None:
        detail = "there is no policy with this key"
        raise ValidationFailed([Violation("/policy", "unknown_reference", detail)])
    roster = await policies.load_roster(tx)

    def decide(case: Case, at: datetime, person: str) -> Outcome | Rejection:
        return policy_engine.move_to_policy(case.state, policy, roster, caller.sub, at)

    return await run_action(tx, request, response, escalation, caller, "move", decide)

"""The state of an escalation, and what people do to it. Pure.

Every function takes the state and the instant, and returns the new state with the events that
happened, or a rejection. What time does to the state is in `policy_engine`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain import Rejection
from escalation.cases.domain.timeline import (
    Acknowledged,
    PolicyChanged,
    Repeated,
    ResolveAsked,
    Resolved,
    SnoozeAsked,
    Snoozed,
    TimelineEvent,
)
from escalation.policies.domain.policy import Policy

Status = Literal["open", "acknowledged", "snoozed", "resolved"]


@dataclass(frozen=True, slots=True)
class EscalationState:
    """Where an escalation stands in its policy.

    `due_at` is when time acts next: the next step while open, the time-out while acknowledged, the
    end while snoozed. `next_step` counts from 1; one above the last step means that the policy ends.
    `round` and `fired_step` are the pass (from 1) and number of the step that fired last; a
    `fired_step` of 0 means that none has. The names of the fields are the columns.
    """

    id: UUID
    policy_id: UUID
    severity: str
    due_at: datetime | None
    status: Status = "open"
    round: int = 1
    fired_step: int = 0
    next_step: int = 1
    exhausted: bool = False
    acknowledged_by: tuple[str, ...] = ()
    snooze_requested_by: str | None = None
    snooze_until: datetime | None = None
    resolve_requested_by: str | None = None
    resolved_at: datetime | None = None


ALREADY_RESOLVED = Rejection(
    "ALREADY_RESOLVED", "This escalation is resolved; open a new one instead."
)
Outcome = tuple[EscalationState, tuple[TimelineEvent, ...]]


def new_state(id: UUID, policy: Policy, severity: str, at: datetime) -> EscalationState:
    """The state of a new escalation, whose first step is due at the trigger (E1)."""
    return EscalationState(id, policy.id, severity, due_at=at)


def repeat_trigger(case: EscalationState, note: str, at: datetime) -> Outcome:
    """Add a repeated trigger to the timeline; nothing else changes (E9)."""
    return case, (Repeated(at, note),)


def acknowledge(
    case: EscalationState, policy: Policy, actor: str, at: datetime
) -> Outcome | Rejection:
    """Take the escalation: its policy stops, or with `each` only the notifications of `actor` (E5)."""
    if case.status == "resolved":
        return ALREADY_RESOLVED
    acknowledged_by = tuple(dict.fromkeys((*case.acknowledged_by, actor)))
    case = replace(case, acknowledged_by=acknowledged_by)
    if policy.acknowledge == "all":
        due_at = at + policy.ack_timeout if policy.ack_timeout else None
        case = replace(case, status="acknowledged", due_at=due_at, exhausted=False)
        case = replace(case, snooze_requested_by=None, snooze_until=None)
    return case, (Acknowledged(at, actor),)


def resolve(
    case: EscalationState, actor: str | None, why: str, at: datetime, *, withdrawn: bool = False
) -> Outcome | Rejection:
    """End the escalation for good (E5). `actor` is None when an event ends it.

    By hand a blocker is ended by two people, as it is snoozed by two (E7, R1): until another one asks
    for the same, nothing changes and the paging goes on.
    """
    if case.status == "resolved":
        return ALREADY_RESOLVED
    first = case.resolve_requested_by
    if actor is not None and case.severity == "blocker" and first in (None, actor):
        return replace(case, resolve_requested_by=actor), (ResolveAsked(at, actor, why),)
    case = replace(case, status="resolved", due_at=None, resolved_at=at, resolve_requested_by=None)
    if actor is None or first is None:
        return case, (Resolved(at, actor, why, withdrawn),)
    return case, (Resolved(at, first, why, withdrawn, confirmed_by=actor),)


def snooze(case: EscalationState, actor: str, until: datetime, at: datetime) -> Outcome | Rejection:
    """Keep the escalation quiet until an instant, after which step 1 fires again (E7).

    For a blocker a second person must ask for the same instant; until then nothing changes.
    """
    if case.status == "resolved":
        return ALREADY_RESOLVED
    if until <= at:
        return Rejection("SNOOZE_IN_THE_PAST", "A snooze must end in the future.")
    if case.severity != "blocker":
        return _snooze_until(case, Snoozed(at, actor, until))
    if case.snooze_requested_by not in (None, actor) and case.snooze_until == until:
        return _snooze_until(
            case, Snoozed(at, case.snooze_requested_by or actor, until, confirmed_by=actor)
        )
    case = replace(case, snooze_requested_by=actor, snooze_until=until)
    return case, (SnoozeAsked(at, actor, until),)


def change_policy(
    case: EscalationState, policy: Policy, actor: str, at: datetime
) -> Outcome | Rejection:
    """Let another policy take over, with its step 1 due now (E14)."""
    if case.status == "resolved":
        return ALREADY_RESOLVED
    case = restart(replace(case, policy_id=policy.id), at)
    return case, (PolicyChanged(at, actor, policy.key, policy.version),)


def restart(case: EscalationState, due_at: datetime) -> EscalationState:
    """Open the escalation again, with step 1 of pass 1 due."""
    return replace(
        case,
        status="open",
        due_at=due_at,
        round=1,
        fired_step=0,
        next_step=1,
        exhausted=False,
        acknowledged_by=(),
        snooze_requested_by=None,
        snooze_until=None,
        resolve_requested_by=None,
    )


def _snooze_until(case: EscalationState, event: Snoozed) -> Outcome:
    case = replace(case, status="snoozed", due_at=event.until, exhausted=False)
    return replace(case, snooze_requested_by=None, snooze_until=event.until), (event,)

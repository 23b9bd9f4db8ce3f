"""Request and response models of escalations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from common.domain.allowed_act import AllowedAct
from common.http import Allowed, Refers, RequestModel, ResponseModel, to_allowed
from common.http.fields import VISIBLE, Key, KeyRef
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Status
from escalation.cases.domain.timeline import TimelineEntry
from escalation.policies.domain.trigger import TriggerKind

Severity = Literal["blocker", "critical", "major", "minor", "trivial"]


class EscalationCreate(RequestModel):
    """An escalation opened by hand. `title` says what is wrong, without words or data of a customer.

    With the `dedup_key` of an unresolved escalation, it is added to that one's timeline instead.
    """

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)]
    severity: Severity
    policy: Annotated[Key | None, Refers("policy")] = None
    dedup_key: Annotated[str, Field(min_length=1, max_length=150)] | None = None
    customer: Annotated[KeyRef | None, Refers("customer")] = None
    environment: Annotated[KeyRef | None, Refers("environment")] = None
    service: Annotated[KeyRef | None, Refers("service")] = None
    ticket: KeyRef | None = None


class EscalationResolve(RequestModel):
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=VISIBLE)]


class EscalationSnooze(RequestModel):
    """For a blocker a second person must ask for the same `until`; only then it is quiet."""

    until: datetime


class EscalationMove(RequestModel):
    policy: Annotated[Key, Refers("policy")]


class TimelineEntryRead(ResponseModel):
    """Something that happened; `confirmed_by` confirmed what `by` requested."""

    sequence: int
    at: datetime
    kind: str
    by: str | None
    confirmed_by: str | None
    detail: dict[str, Any]


class EscalationRead(ResponseModel):
    """An escalation as it is now.

    `next_at` is when time acts next: the next step, the time-out of the acknowledgement, or the end
    of the snooze, as `state` says. `round` and `step` are of the step that fired last.
    """

    id: UUID
    key: str
    state: Status
    trigger: TriggerKind
    severity: str
    title: str
    policy: str
    policy_version: int
    customer: str | None
    environment: str | None
    ticket: str | None
    opened_at: datetime
    expected_breach_at: datetime | None
    round: int
    step: int
    next_at: datetime | None
    exhausted: bool
    acknowledged_by: list[str]
    snooze_requested_by: str | None
    snooze_until: datetime | None
    resolve_requested_by: str | None
    resolved_at: datetime | None
    audiences: list[str]


class EscalationDetail(EscalationRead):
    """An escalation with its timeline from the beginning, and what its reader may do now (`allowed`)."""

    timeline: list[TimelineEntryRead]
    allowed: list[Allowed]


def to_response(case: Case) -> EscalationRead:
    return EscalationRead(**_fields(case))


def to_detail(
    case: Case, timeline: list[TimelineEntry], acts: Iterable[AllowedAct]
) -> EscalationDetail:
    entries = [TimelineEntryRead.model_validate(entry) for entry in timeline]
    return EscalationDetail(**_fields(case), timeline=entries, allowed=to_allowed(acts))


def _fields(case: Case) -> dict[str, Any]:
    state, trigger = case.state, case.trigger
    return {
        "id": case.id,
        "key": case.key,
        "state": state.status,
        "trigger": trigger.kind,
        "severity": trigger.severity,
        "title": trigger.title,
        "policy": case.policy.key,
        "policy_version": case.policy.version,
        "customer": trigger.customer,
        "environment": trigger.environment,
        "ticket": trigger.ticket,
        "opened_at": case.opened_at,
        "expected_breach_at": trigger.expected_breach_at,
        "round": state.round,
        "step": state.fired_step,
        "next_at": state.due_at,
        "exhausted": state.exhausted,
        "acknowledged_by": list(state.acknowledged_by),
        "snooze_requested_by": state.snooze_requested_by,
        "snooze_until": state.snooze_until,
        "resolve_requested_by": state.resolve_requested_by,
        "resolved_at": state.resolved_at,
        "audiences": list(case.audiences),
    }

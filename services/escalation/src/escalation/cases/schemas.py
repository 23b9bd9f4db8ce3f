"""What callers are shown of policies, rotas and cases."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from common.http import ResponseModel
from escalation.cases.domain.case import Case
from escalation.cases.store import TimelineEntry
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.trigger import TriggerKind
from escalation.rotas.domain.rota import Rota
from escalation.rotas.domain.time_window import Window
from escalation.rotas.schemas import DAYS


class WindowRead(ResponseModel):
    days: list[str]
    starts_at: str
    ends_at: str
    timezone: str


class TargetRead(ResponseModel):
    kind: str
    name: str


class StepRead(ResponseModel):
    targets: list[TargetRead]
    delay_seconds: int
    windows: list[WindowRead]


class PolicyRead(ResponseModel):
    id: UUID
    key: str
    version: int
    steps: list[StepRead]
    fallback: str
    repeat: int
    empty_step: str
    acknowledge: str
    ack_timeout_seconds: int | None
    audiences: list[str]
    critical: bool


class LayerRead(ResponseModel):
    participants: list[str]
    starts_at: str
    timezone: str
    length: int
    unit: str
    hours: list[WindowRead]


class OverrideRead(ResponseModel):
    kind: str
    starts_at: datetime
    ends_at: datetime
    person: str | None
    replaces: str | None


class RotaRead(ResponseModel):
    key: str
    version: int
    layers: list[LayerRead]
    overrides: list[OverrideRead]


class TimelineEntryRead(ResponseModel):
    sequence: int
    at: datetime
    kind: str
    by: str | None
    confirmed_by: str | None
    detail: dict[str, Any]


class EscalationRead(ResponseModel):
    """`next_at` is when time acts next: the next step, the acknowledgement's time-out, or the end
    of the snooze, as `state` says. `round` and `step` are of the step that fired last."""

    id: UUID
    key: str
    state: Literal["open", "acknowledged", "snoozed", "resolved"]
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
    resolved_at: datetime | None
    audiences: list[str]


class EscalationDetail(EscalationRead):
    timeline: list[TimelineEntryRead]


def policy_to_response(policy: Policy) -> PolicyRead:
    timeout = policy.ack_timeout
    return PolicyRead(
        id=policy.id,
        key=policy.key,
        version=policy.version,
        steps=[
            StepRead(
                targets=[TargetRead(kind=t.kind, name=t.name) for t in step.targets],
                delay_seconds=int(step.delay.total_seconds()),
                windows=[window_to_response(w) for w in step.windows],
            )
            for step in policy.steps
        ],
        fallback=policy.fallback,
        repeat=policy.repeat,
        empty_step=policy.empty_step,
        acknowledge=policy.acknowledge,
        ack_timeout_seconds=int(timeout.total_seconds()) if timeout else None,
        audiences=sorted(policy.audiences),
        critical=policy.critical,
    )


def window_to_response(window: Window) -> WindowRead:
    return WindowRead(
        days=[DAYS[day] for day in sorted(window.weekdays)],
        starts_at=f"{window.starts_at:%H:%M}",
        ends_at=f"{window.ends_at:%H:%M}",
        timezone=window.zone,
    )


def rota_to_response(rota: Rota, version: int) -> RotaRead:
    return RotaRead(
        key=rota.key,
        version=version,
        layers=[
            LayerRead(
                participants=list(layer.participants),
                starts_at=f"{layer.starts_at:%Y-%m-%dT%H:%M}",
                timezone=layer.zone,
                length=layer.length,
                unit=layer.unit,
                hours=[window_to_response(w) for w in layer.hours],
            )
            for layer in rota.layers
        ],
        overrides=[OverrideRead.model_validate(o) for o in rota.overrides],
    )


def case_to_response(case: Case) -> EscalationRead:
    return EscalationRead(**_case_fields(case))


def case_to_detail(case: Case, timeline: list[TimelineEntry]) -> EscalationDetail:
    entries = [TimelineEntryRead.model_validate(entry) for entry in timeline]
    return EscalationDetail(**_case_fields(case), timeline=entries)


def _case_fields(case: Case) -> dict[str, Any]:
    state, trigger = case.state, case.trigger
    return {
        "id": case.id,
        "key": case.key,
        "state": state.status,
        "trigger": trigger.trigger,
        "severity": trigger.severity,
        "title": trigger.title,
        "policy": case.policy.key,
        "policy_version": case.policy.version,
        "customer": trigger.customer,
        "environment": trigger.environment,
        "ticket": trigger.ticket,
        "opened_at": case.opened_at,
        "expected_breach_at": trigger.expected_breach_at,
        "round": state.passes,
        "step": state.fired,
        "next_at": state.due_at,
        "exhausted": state.exhausted,
        "acknowledged_by": list(state.acknowledged_by),
        "snooze_requested_by": state.snooze_requested_by,
        "snooze_until": state.snooze_until,
        "resolved_at": state.resolved_at,
        "audiences": list(case.audiences),
    }

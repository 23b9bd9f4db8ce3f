"""What callers are shown of policies, rotas and cases."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from common.http import Told
from escalation.cases.domain.case import Case
from escalation.cases.store import Entry
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.trigger import TriggerKind
from escalation.rotas.domain.rota import Rota
from escalation.rotas.domain.time_window import Window
from escalation.rotas.schemas import DAYS


class WindowTold(Told):
    days: list[str]
    start: str
    end: str
    timezone: str


class TargetTold(Told):
    kind: str
    name: str


class StepTold(Told):
    targets: list[TargetTold]
    delay_seconds: int
    windows: list[WindowTold]


class PolicyTold(Told):
    id: UUID
    key: str
    version: int
    steps: list[StepTold]
    fallback: str
    repeat: int
    empty_step: str
    acknowledge: str
    ack_timeout_seconds: int | None
    audiences: list[str]
    critical: bool


class LayerTold(Told):
    participants: list[str]
    start: str
    timezone: str
    length: int
    unit: str
    hours: list[WindowTold]


class OverrideTold(Told):
    kind: str
    start: datetime
    end: datetime
    person: str | None
    replaces: str | None


class RotaTold(Told):
    key: str
    version: int
    layers: list[LayerTold]
    overrides: list[OverrideTold]


class EntryTold(Told):
    sequence: int
    at: datetime
    kind: str
    by: str | None
    second: str | None
    detail: dict[str, Any]


class EscalationTold(Told):
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
    breaks_at: datetime | None
    round: int
    step: int
    next_at: datetime | None
    exhausted: bool
    acknowledged_by: list[str]
    snooze_asked_by: str | None
    snooze_until: datetime | None
    resolved_at: datetime | None
    audiences: list[str]


class EscalationDetail(EscalationTold):
    timeline: list[EntryTold]


def policy_told(policy: Policy) -> PolicyTold:
    timeout = policy.ack_timeout
    return PolicyTold(
        id=policy.id,
        key=policy.key,
        version=policy.version,
        steps=[
            StepTold(
                targets=[TargetTold(kind=t.kind, name=t.name) for t in step.targets],
                delay_seconds=int(step.delay.total_seconds()),
                windows=[window_told(w) for w in step.windows],
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


def window_told(window: Window) -> WindowTold:
    return WindowTold(
        days=[DAYS[day] for day in sorted(window.weekdays)],
        start=f"{window.start:%H:%M}",
        end=f"{window.end:%H:%M}",
        timezone=window.zone,
    )


def rota_told(rota: Rota, version: int) -> RotaTold:
    return RotaTold(
        key=rota.key,
        version=version,
        layers=[
            LayerTold(
                participants=list(layer.participants),
                start=f"{layer.start:%Y-%m-%dT%H:%M}",
                timezone=layer.zone,
                length=layer.length,
                unit=layer.unit,
                hours=[window_told(w) for w in layer.hours],
            )
            for layer in rota.layers
        ],
        overrides=[OverrideTold.model_validate(o) for o in rota.overrides],
    )


def case_told(case: Case) -> EscalationTold:
    return EscalationTold(**_facts(case))


def case_in_detail(case: Case, timeline: list[Entry]) -> EscalationDetail:
    shown = [EntryTold.model_validate(entry) for entry in timeline]
    return EscalationDetail(**_facts(case), timeline=shown)


def _facts(case: Case) -> dict[str, Any]:
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
        "breaks_at": trigger.breaks_at,
        "round": state.passes,
        "step": state.fired,
        "next_at": state.due_at,
        "exhausted": state.exhausted,
        "acknowledged_by": list(state.acknowledged_by),
        "snooze_asked_by": state.snooze_asked_by,
        "snooze_until": state.snooze_until,
        "resolved_at": state.resolved_at,
        "audiences": list(case.audiences),
    }

"""What a fact is on the wire, and what stands of it in the timeline."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from common.events import escalations as said
from common.events.escalations import EscalationEvent
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.timeline import Fact
from escalation.cases.store import Entry

F = TypeVar("F", bound=Fact)

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_APART = {"at", "by", "confirmed_by"}


def entry(told: Fact, sequence: int) -> Entry:
    """The timeline's line: kind is the fact's name in snake_case, detail its own fields."""
    detail = {f.name: getattr(told, f.name) for f in fields(told) if f.name not in _APART}
    return Entry(
        sequence,
        told.at,
        _snake(type(told).__name__),
        getattr(told, "by", None),
        getattr(told, "confirmed_by", None),
        _JSON.dump_python(detail, mode="json"),
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def event(case: Case, told: Fact) -> EscalationEvent:
    """The event that tells a fact; `case` is as it is afterwards."""
    return _EVENTS[type(told)](_facts(case, told.at), told)


def _facts(case: Case, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "escalation_id": case.id,
        "escalation": case.key,
        "trigger": case.trigger.trigger,
        "severity": case.trigger.severity,
        "title": case.trigger.title,
        "policy": case.policy.key,
        "state": case.state.status,
        "audiences": list(case.audiences),
        "ticket_id": case.trigger.ticket_id,
        "ticket": case.trigger.ticket,
        "customer": case.trigger.customer,
        "environment": case.trigger.environment,
    }


def _step_fired(common: dict[str, Any], f: timeline.StepFired) -> EscalationEvent:
    return said.StepFired(
        **common,
        step=f.step,
        round=f.of_pass,
        due_at=f.due_at,
        fired_at=f.at,
        late=f.late,
        people=list(f.people),
    )


def _noted(words: Callable[[F], str]) -> Callable[[dict[str, Any], F], EscalationEvent]:
    return lambda common, f: said.EscalationNoted(**common, note=words(f))


def _notified(common: dict[str, Any], f: timeline.Notified) -> EscalationEvent:
    return said.Notified(
        **common, notification_id=f.notification_id, person=f.person, channel=f.channel
    )


def _failed(common: dict[str, Any], f: timeline.NotificationFailed) -> EscalationEvent:
    return said.NotificationFailed(
        **common,
        notification_id=f.notification_id,
        person=f.person,
        channel=f.channel,
        reason=f.reason,
    )


_EVENTS: dict[type[Fact], Callable[[dict[str, Any], Any], EscalationEvent]] = {
    timeline.Opened: lambda common, f: said.EscalationOpened(**common),
    timeline.Informed: _noted(lambda f: f"{', '.join(f.people)} told, because it is owed to them"),
    timeline.Repeated: _noted(lambda f: f.note),
    timeline.StepFired: _step_fired,
    timeline.StepSkipped: _noted(lambda f: f"step {f.step} reached nobody and was skipped"),
    timeline.Exhausted: lambda common, f: said.EscalationExhausted(**common),
    timeline.Acknowledged: lambda common, f: said.EscalationAcknowledged(**common, by=f.by),
    timeline.Reopened: lambda common, f: said.EscalationReopened(**common, reason=f.why),
    timeline.SnoozeAsked: _noted(lambda f: f"{f.by} asks a second person for a snooze"),
    timeline.Snoozed: lambda common, f: said.EscalationSnoozed(**common, by=f.by, until=f.until),
    timeline.PolicyChanged: _noted(lambda f: f"{f.by} moved it to policy {f.policy} v{f.version}"),
    timeline.Resolved: lambda common, f: said.EscalationResolved(**common, reason=f.why, by=f.by),
    timeline.Withdrawn: _noted(lambda f: f"withdrawn: {f.why}"),
    timeline.Notified: _notified,
    timeline.NotificationFailed: _failed,
}

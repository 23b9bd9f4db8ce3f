"""What a fact is on the wire, and what stands of it in the timeline."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from common.events import escalations as wire_events
from common.events.escalations import EscalationEvent
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.timeline import TimelineEvent
from escalation.cases.store import TimelineEntry

F = TypeVar("F", bound=TimelineEvent)

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_OWN_COLUMNS = {"at", "by", "confirmed_by"}


def to_timeline_entry(event: TimelineEvent, sequence: int) -> TimelineEntry:
    """The timeline's line: kind is the fact's name in snake_case, detail its own fields."""
    detail = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in _OWN_COLUMNS}
    return TimelineEntry(
        sequence,
        event.at,
        _snake(type(event).__name__),
        getattr(event, "by", None),
        getattr(event, "confirmed_by", None),
        _JSON.dump_python(detail, mode="json"),
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def to_event(case: Case, timeline_event: TimelineEvent) -> EscalationEvent:
    """The event that tells a fact; `case` is as it is afterwards."""
    return _TO_WIRE[type(timeline_event)](_common_fields(case, timeline_event.at), timeline_event)


def _common_fields(case: Case, at: datetime) -> dict[str, Any]:
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
    return wire_events.StepFired(
        **common,
        step=f.step,
        round=f.round,
        due_at=f.due_at,
        fired_at=f.at,
        late=f.late,
        people=list(f.people),
    )


def _note_event(text_of: Callable[[F], str]) -> Callable[[dict[str, Any], F], EscalationEvent]:
    return lambda common, f: wire_events.EscalationNoted(**common, note=text_of(f))


def _notified(common: dict[str, Any], f: timeline.Notified) -> EscalationEvent:
    return wire_events.Notified(
        **common, notification_id=f.notification_id, person=f.person, channel=f.channel
    )


def _notification_failed(common: dict[str, Any], f: timeline.NotificationFailed) -> EscalationEvent:
    return wire_events.NotificationFailed(
        **common,
        notification_id=f.notification_id,
        person=f.person,
        channel=f.channel,
        reason=f.reason,
    )


_TO_WIRE: dict[type[TimelineEvent], Callable[[dict[str, Any], Any], EscalationEvent]] = {
    timeline.Opened: lambda common, f: wire_events.EscalationOpened(**common),
    timeline.Informed: _note_event(
        lambda f: f"{', '.join(f.people)} told, because it is owed to them"
    ),
    timeline.Repeated: _note_event(lambda f: f.note),
    timeline.StepFired: _step_fired,
    timeline.StepSkipped: _note_event(lambda f: f"step {f.step} reached nobody and was skipped"),
    timeline.Exhausted: lambda common, f: wire_events.EscalationExhausted(**common),
    timeline.Acknowledged: lambda common, f: wire_events.EscalationAcknowledged(**common, by=f.by),
    timeline.Reopened: lambda common, f: wire_events.EscalationReopened(**common, reason=f.why),
    timeline.SnoozeAsked: _note_event(lambda f: f"{f.by} asks a second person for a snooze"),
    timeline.Snoozed: lambda common, f: wire_events.EscalationSnoozed(
        **common, by=f.by, until=f.until
    ),
    timeline.PolicyChanged: _note_event(
        lambda f: f"{f.by} moved it to policy {f.policy} v{f.version}"
    ),
    timeline.Resolved: lambda common, f: wire_events.EscalationResolved(
        **common, reason=f.why, by=f.by
    ),
    timeline.Withdrawn: _note_event(lambda f: f"withdrawn: {f.why}"),
    timeline.Notified: _notified,
    timeline.NotificationFailed: _notification_failed,
}

"""From an event of the timeline to its stored entry, and to the event on the wire."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from common.events import escalations as wire_events
from common.events.escalations import EscalationEvent
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.timeline import TimelineEntry, TimelineEvent

E = TypeVar("E", bound=TimelineEvent)

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_OWN_COLUMNS = {"at", "by", "confirmed_by"}


def to_timeline_entry(event: TimelineEvent, sequence: int) -> TimelineEntry:
    """The stored entry: `kind` is the class name in snake_case, `detail` the fields without columns."""
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
    """The event on the wire; `case` is as it is afterwards."""
    return _TO_WIRE[type(timeline_event)](_common_fields(case, timeline_event.at), timeline_event)


def _common_fields(case: Case, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "escalation_id": case.id,
        "escalation": case.key,
        "trigger": case.trigger.kind,
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


def _step_fired(common: dict[str, Any], event: timeline.StepFired) -> EscalationEvent:
    return wire_events.StepFired(
        **common,
        step=event.step,
        round=event.round,
        due_at=event.due_at,
        fired_at=event.at,
        late=event.late,
        people=list(event.people),
    )


def _note_event(text_of: Callable[[E], str]) -> Callable[[dict[str, Any], E], EscalationEvent]:
    return lambda common, e: wire_events.EscalationNoted(**common, note=text_of(e))


def _notified_event(common: dict[str, Any], event: timeline.Notified) -> EscalationEvent:
    return wire_events.Notified(
        **common, notification_id=event.notification_id, person=event.person, channel=event.channel
    )


def _notification_failed(
    common: dict[str, Any], event: timeline.NotificationFailed
) -> EscalationEvent:
    return wire_events.NotificationFailed(
        **common,
        notification_id=event.notification_id,
        person=event.person,
        channel=event.channel,
        reason=event.reason,
    )


_TO_WIRE: dict[type[TimelineEvent], Callable[[dict[str, Any], Any], EscalationEvent]] = {
    timeline.Opened: lambda common, e: wire_events.EscalationOpened(**common),
    timeline.Informed: _note_event(
        lambda e: f"informed, whatever the policy says: {', '.join(e.people)}"
    ),
    timeline.Repeated: _note_event(lambda e: e.note),
    timeline.StepFired: _step_fired,
    timeline.StepSkipped: _note_event(lambda e: f"step {e.step} reached nobody and was skipped"),
    timeline.Exhausted: lambda common, e: wire_events.EscalationExhausted(**common),
    timeline.Acknowledged: lambda common, e: wire_events.EscalationAcknowledged(**common, by=e.by),
    timeline.Reopened: lambda common, e: wire_events.EscalationReopened(**common, reason=e.why),
    timeline.SnoozeAsked: _note_event(lambda e: f"{e.by} asks a second person for a snooze"),
    timeline.Snoozed: lambda common, e: wire_events.EscalationSnoozed(
        **common, by=e.by, until=e.until
    ),
    timeline.PolicyChanged: _note_event(
        lambda e: f"{e.by} moved it to policy {e.policy} v{e.version}"
    ),
    timeline.ResolveAsked: _note_event(
        lambda e: f"{e.by} asks a second person to resolve it: {e.why}"
    ),
    timeline.Resolved: lambda common, e: wire_events.EscalationResolved(
        **common, reason=e.why, by=e.by, confirmed_by=e.confirmed_by
    ),
    timeline.Withdrawn: _note_event(lambda e: f"withdrawn: {e.why}"),
    timeline.Notified: _notified_event,
    timeline.NotificationFailed: _notification_failed,
}

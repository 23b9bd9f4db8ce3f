"""What escalation says, on `opsdesk.escalations` and on one topic per audience."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event

Audience = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]


def audience_topic(audience: Audience) -> str:
    """The topic that an internal team subscribes to."""
    return f"opsdesk.escalations.{audience.replace('_', '-')}"


class EscalationEvent(Event):
    """One running case of telling people until somebody acknowledges."""

    topic: ClassVar[str] = "opsdesk.escalations"
    source: ClassVar[str] = "opsdesk/escalation"

    escalation_id: UUID
    escalation: str
    trigger: str
    severity: str
    title: str
    policy: str
    state: str
    audiences: list[Audience]
    ticket_id: UUID | None = None
    ticket: str | None = None
    customer: str | None = None
    environment: str | None = None

    def subject(self) -> str:
        return f"escalation/{self.escalation_id}"

    def key(self) -> str:
        return str(self.ticket_id or self.escalation_id)


class EscalationOpened(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.opened.v1"


class EscalationNoted(EscalationEvent):
    """A further trigger with the same dedup key joined the time line (E9)."""

    type: ClassVar[str] = "opsdesk.escalation.noted.v1"
    note: str


class StepFired(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.step_fired.v1"
    step: int
    round: int
    due_at: AwareDatetime
    fired_at: AwareDatetime
    late: bool
    people: list[str]


class Notified(EscalationEvent):
    """A notification left for `person`: accepted by the channel's server, not read by a human."""

    type: ClassVar[str] = "opsdesk.escalation.notified.v1"
    notification_id: UUID
    person: str
    channel: str


class NotificationFailed(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.notification_failed.v1"
    notification_id: UUID
    person: str
    channel: str
    reason: str


class EscalationAcknowledged(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.acknowledged.v1"
    by: str


class EscalationSnoozed(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.snoozed.v1"
    by: str
    until: AwareDatetime


class EscalationReopened(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.reopened.v1"
    reason: str


class EscalationExhausted(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.exhausted.v1"


class EscalationResolved(EscalationEvent):
    type: ClassVar[str] = "opsdesk.escalation.resolved.v1"
    reason: str
    by: str | None = None

"""Events of escalation, on `opsdesk.escalations` and on one topic per audience."""

from typing import ClassVar, Final, Literal, get_args
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event

Audience = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]
TEAMS: Final = frozenset[str](get_args(Audience))
"""The names of teams: each is an audience, and the role of its people."""


def audience_topic(audience: Audience) -> str:
    """Return the topic of an internal team."""
    return f"opsdesk.escalations.{audience.replace('_', '-')}"


class EscalationEvent(Event):
    """An event about an escalation: people are notified until somebody acknowledges."""

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
    """An escalation was opened."""

    type: ClassVar[str] = "opsdesk.escalation.opened.v1"


class EscalationNoted(EscalationEvent):
    """A further trigger with the same deduplication key joined the escalation."""

    type: ClassVar[str] = "opsdesk.escalation.noted.v1"
    note: str


class StepFired(EscalationEvent):
    """A step of the policy fired: `people` are notified. `late`: well after `due_at`."""

    type: ClassVar[str] = "opsdesk.escalation.step_fired.v1"
    step: int
    round: int
    due_at: AwareDatetime
    fired_at: AwareDatetime
    late: bool
    people: list[str]


class Notified(EscalationEvent):
    """The channel's server accepted a notification for `person`. Nobody may have read it yet."""

    type: ClassVar[str] = "opsdesk.escalation.notified.v1"
    notification_id: UUID
    person: str
    channel: str


class NotificationFailed(EscalationEvent):
    """A notification could not be delivered."""

    type: ClassVar[str] = "opsdesk.escalation.notification_failed.v1"
    notification_id: UUID
    person: str
    channel: str
    reason: str


class EscalationAcknowledged(EscalationEvent):
    """Somebody acknowledged the escalation."""

    type: ClassVar[str] = "opsdesk.escalation.acknowledged.v1"
    by: str


class EscalationSnoozed(EscalationEvent):
    """Somebody snoozed the escalation until `until`."""

    type: ClassVar[str] = "opsdesk.escalation.snoozed.v1"
    by: str
    until: AwareDatetime


class EscalationReopened(EscalationEvent):
    """The escalation notifies people again."""

    type: ClassVar[str] = "opsdesk.escalation.reopened.v1"
    reason: str


class EscalationExhausted(EscalationEvent):
    """The last step of the policy fired, and nobody acknowledged."""

    type: ClassVar[str] = "opsdesk.escalation.exhausted.v1"


class EscalationResolved(EscalationEvent):
    """The escalation is resolved; `by` is None where its cause went away.

    A blocker's by hand takes two people: `confirmed_by` is the second one.
    """

    type: ClassVar[str] = "opsdesk.escalation.resolved.v1"
    reason: str
    by: str | None = None
    confirmed_by: str | None = None

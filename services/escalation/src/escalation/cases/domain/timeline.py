"""What happened to an escalation: entries of its timeline, each also announced. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened(TimelineEvent):
    """A new case; `triggered_at` is when the cause happened, `at` when it was heard of."""

    note: str
    triggered_at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Informed(TimelineEvent):
    """`people` are told because of what they are owed, whatever the policy says (R2, R5)."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated(TimelineEvent):
    """The same trigger again while unresolved (E9)."""

    note: str


@dataclass(frozen=True, slots=True)
class StepFired(TimelineEvent):
    """`people` are told. `by` escalated by hand (E8); `late` after downtime (E12)."""

    step: int
    round: int
    people: tuple[str, ...]
    due_at: datetime
    late: bool = False
    to_fallback: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True)
class StepSkipped(TimelineEvent):
    """The step reached nobody (E4)."""

    step: int
    round: int


@dataclass(frozen=True, slots=True)
class Exhausted(TimelineEvent):
    """The last pass is over; `people` is the fallback person, who is told (E2)."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged(TimelineEvent):
    by: str


@dataclass(frozen=True, slots=True)
class Reopened(TimelineEvent):
    why: str


@dataclass(frozen=True, slots=True)
class SnoozeAsked(TimelineEvent):
    """A blocker's snooze that waits for a second person (E7)."""

    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Snoozed(TimelineEvent):
    by: str
    until: datetime
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyChanged(TimelineEvent):
    by: str
    policy: str
    version: int


@dataclass(frozen=True, slots=True)
class Resolved(TimelineEvent):
    """`by` is None when an event ended it; `why` says which.

    `withdrawn`: what was told turned out not to be so, and everybody told is told that.
    """

    by: str | None
    why: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn(TimelineEvent):
    """Of a case that had been resolved before: what was told turned out not to be so."""

    why: str


@dataclass(frozen=True, slots=True)
class Notified(TimelineEvent):
    """The provider took a notification; nobody knows yet whether a human read it."""

    notification_id: UUID
    person: str
    channel: str


@dataclass(frozen=True, slots=True)
class NotificationFailed(TimelineEvent):
    """This channel will never take it; what happens instead stands in the next entries."""

    notification_id: UUID
    person: str
    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """An action that may not be; nothing changed. `code` is stable."""

    code: str
    detail: str

"""What happens to a case: events of its timeline, each of which is also announced. Pure.

The names of the classes and of their fields are public: in snake_case they are the `kind` and the
`detail` of an entry. `by` is who did it; `people` are those who are notified.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline; `confirmed_by` confirmed what `by` requested."""

    sequence: int
    at: datetime
    kind: str
    by: str | None
    confirmed_by: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened to a case at an instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Opened(TimelineEvent):
    """A new case; `triggered_at` is when the cause happened, `at` when escalation learned of it."""

    note: str
    triggered_at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Informed(TimelineEvent):
    """People are notified because they must know, whatever the policy says (R2, R5)."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated(TimelineEvent):
    """The same trigger came again while the case was unresolved (E9)."""

    note: str


@dataclass(frozen=True, slots=True)
class StepFired(TimelineEvent):
    """A step notified people. `by` escalated by hand (E8); `late` means after downtime (E12)."""

    step: int
    round: int
    people: tuple[str, ...]
    due_at: datetime
    late: bool = False
    to_fallback: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True)
class StepSkipped(TimelineEvent):
    """A step had nobody to notify (E4)."""

    step: int
    round: int


@dataclass(frozen=True, slots=True)
class Exhausted(TimelineEvent):
    """The last pass is over; the fallback person is notified (E2)."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged(TimelineEvent):
    """Somebody took the case (E5)."""

    by: str


@dataclass(frozen=True, slots=True)
class Reopened(TimelineEvent):
    """An acknowledgement timed out, or a snooze ended (E6, E7)."""

    why: str


@dataclass(frozen=True, slots=True)
class SnoozeAsked(TimelineEvent):
    """The snooze of a blocker waits for a second person (E7)."""

    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Snoozed(TimelineEvent):
    """The case is quiet until an instant (E7)."""

    by: str
    until: datetime
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyChanged(TimelineEvent):
    """The case was moved to another policy, at this version (E14)."""

    by: str
    policy: str
    version: int


@dataclass(frozen=True, slots=True)
class ResolveAsked(TimelineEvent):
    """The end of a blocker by hand waits for a second person (R1)."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Resolved(TimelineEvent):
    """The case is over. `by` is None when an event ended it; `why` says which.

    `withdrawn` means that the cause turned out to be wrong: those notified get an all-clear.
    """

    by: str | None
    why: str
    withdrawn: bool = False
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn(TimelineEvent):
    """The cause of a case that was resolved before turned out to be wrong."""

    why: str


@dataclass(frozen=True, slots=True)
class Notified(TimelineEvent):
    """The provider accepted a notification; whether somebody read it is unknown."""

    notification_id: UUID
    person: str
    channel: str


@dataclass(frozen=True, slots=True)
class NotificationFailed(TimelineEvent):
    """A notification failed for good; what replaces it follows in later entries."""

    notification_id: UUID
    person: str
    channel: str
    reason: str

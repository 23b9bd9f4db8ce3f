"""Events of the delivery gate about follow-ups, on `opsdesk.deliveries`."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from common.events.envelope import Event


class FollowUpEvent(Event):
    """An event about a follow-up: work that a refusal or a failed delivery asks for."""

    topic: ClassVar[str] = "opsdesk.deliveries"
    source: ClassVar[str] = "opsdesk/delivery-gate"

    follow_up_id: UUID
    follow_up: str
    kind: Literal["documentation", "investigation", "retest"]
    product: str | None
    version: str | None
    environment: str | None
    reason: str
    by: str | None = None

    def subject(self) -> str:
        return f"follow-up/{self.follow_up_id}"


class FollowUpOpened(FollowUpEvent):
    """A follow-up was opened."""

    type: ClassVar[str] = "opsdesk.follow_up.opened.v1"


class FollowUpAssigned(FollowUpEvent):
    """`by` gave the work to `owner`, until `due_at` where that was named."""

    type: ClassVar[str] = "opsdesk.follow_up.assigned.v1"
    owner: str
    due_at: datetime | None


class FollowUpEvidenceSubmitted(FollowUpEvent):
    """`by` submitted evidence that the work is done. Another person has to confirm it."""

    type: ClassVar[str] = "opsdesk.follow_up.evidence_submitted.v1"


class FollowUpReopened(FollowUpEvent):
    """A second person (`by`) did not accept the evidence: the follow-up is open again."""

    type: ClassVar[str] = "opsdesk.follow_up.reopened.v1"


class FollowUpClosed(FollowUpEvent):
    """A second person (`by`) confirmed the evidence of `closed_by`."""

    type: ClassVar[str] = "opsdesk.follow_up.closed.v1"
    closed_by: str

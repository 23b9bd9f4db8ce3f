"""What delivery-gate says, on `opsdesk.deliveries`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from common.events.envelope import Event

_TOPIC = "opsdesk.deliveries"
_SOURCE = "opsdesk/delivery-gate"


class Shortcoming(BaseModel):
    """One reason of a verdict; codes are listed in semantics G."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    criterion: str | None = None
    justification: str


class VersionRegistered(Event):
    topic: ClassVar[str] = _TOPIC
    source: ClassVar[str] = _SOURCE
    type: ClassVar[str] = "opsdesk.version.registered.v1"

    version_id: UUID
    product: str
    version: str
    digest: str
    by: str

    def subject(self) -> str:
        return f"version/{self.version_id}"


class DeliveryEvent(Event):
    topic: ClassVar[str] = _TOPIC
    source: ClassVar[str] = _SOURCE

    delivery_id: UUID
    delivery: str
    version_id: UUID | None
    product: str
    version: str
    digest: str | None
    environment_id: UUID
    environment: str
    customer: str
    attempt: int
    state: str
    by: str | None = None

    def subject(self) -> str:
        return f"delivery/{self.delivery_id}"


class DeliverySubmitted(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.submitted.v1"


class DeliveryReadyForReview(DeliveryEvent):
    """It had been deferred; the verdicts that were missing came, and a person may look at it."""

    type: ClassVar[str] = "opsdesk.delivery.ready_for_review.v1"


class DeliveryApproved(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.approved.v1"
    approvers: list[str]


class DeliveryRefused(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.refused.v1"
    reasons: list[Shortcoming]


class DeliveryDeferred(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.deferred.v1"
    reasons: list[Shortcoming]


class DeliveryStarted(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.started.v1"


class DeliveryRolledOut(DeliveryEvent):
    """The version is on the environment; its verification begins."""

    type: ClassVar[str] = "opsdesk.delivery.rolled_out.v1"


class DeliveryVerified(DeliveryEvent):
    """Delivered, and verified by `by`."""

    type: ClassVar[str] = "opsdesk.delivery.verified.v1"


class DeliveryRolledBack(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.rolled_back.v1"
    reasons: list[Shortcoming]


class DeliverySuperseded(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.superseded.v1"
    superseded_by: str


class DeliveryWithdrawn(DeliveryEvent):
    type: ClassVar[str] = "opsdesk.delivery.withdrawn.v1"


class DeliveryExpired(DeliveryEvent):
    """It waited for longer than the criteria allow."""

    type: ClassVar[str] = "opsdesk.delivery.expired.v1"


class FollowUpEvent(Event):
    topic: ClassVar[str] = _TOPIC
    source: ClassVar[str] = _SOURCE

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
    type: ClassVar[str] = "opsdesk.follow_up.opened.v1"


class FollowUpEvidenceSubmitted(FollowUpEvent):
    """`by` says that the work is done and what shows it; it holds until another person confirms."""

    type: ClassVar[str] = "opsdesk.follow_up.evidence_submitted.v1"


class FollowUpReopened(FollowUpEvent):
    """A second person (`by`) found the evidence wanting: the work is open again."""

    type: ClassVar[str] = "opsdesk.follow_up.reopened.v1"


class FollowUpClosed(FollowUpEvent):
    """Closed with evidence by `closed_by`, confirmed by another person (`by`)."""

    type: ClassVar[str] = "opsdesk.follow_up.closed.v1"
    closed_by: str


class EmergencyEvent(Event):
    topic: ClassVar[str] = _TOPIC
    source: ClassVar[str] = _SOURCE

    emergency_id: UUID
    emergency: str
    environment_id: UUID
    environment: str
    customer: str
    ticket_id: UUID
    ticket: str
    state: str
    by: str | None = None

    def subject(self) -> str:
        return f"emergency/{self.emergency_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class EmergencyRequested(EmergencyEvent):
    type: ClassVar[str] = "opsdesk.emergency.requested.v1"


class EmergencyAuthorized(EmergencyEvent):
    type: ClassVar[str] = "opsdesk.emergency.authorized.v1"


class EmergencyApplied(EmergencyEvent):
    type: ClassVar[str] = "opsdesk.emergency.applied.v1"


class EmergencySettled(EmergencyEvent):
    type: ClassVar[str] = "opsdesk.emergency.settled.v1"
    version: str


class EmergencyRevoked(EmergencyEvent):
    type: ClassVar[str] = "opsdesk.emergency.revoked.v1"
    reason: str


class EnvironmentEvent(Event):
    topic: ClassVar[str] = _TOPIC
    source: ClassVar[str] = _SOURCE

    environment_id: UUID
    environment: str
    customer: str

    def subject(self) -> str:
        return f"environment/{self.environment_id}"


class EnvironmentInDebt(EnvironmentEvent):
    type: ClassVar[str] = "opsdesk.environment.in_debt.v1"
    emergency_id: UUID
    emergency: str
    due_at: AwareDatetime


class EnvironmentDebtOverdue(EnvironmentEvent):
    type: ClassVar[str] = "opsdesk.environment.debt_overdue.v1"
    emergency_id: UUID
    emergency: str
    due_at: AwareDatetime
    fired_at: AwareDatetime


class EnvironmentDrifted(EnvironmentEvent):
    type: ClassVar[str] = "opsdesk.environment.drifted.v1"
    observed: str


class EnvironmentCompliant(EnvironmentEvent):
    type: ClassVar[str] = "opsdesk.environment.compliant.v1"

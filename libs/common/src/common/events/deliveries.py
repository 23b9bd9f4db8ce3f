"""Events of the delivery gate, on `opsdesk.deliveries`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from common.events.envelope import Event

_TOPIC = "opsdesk.deliveries"
_SOURCE = "opsdesk/delivery-gate"


class Shortcoming(BaseModel):
    """One reason of a verdict. The documentation of the delivery gate lists the codes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    criterion: str | None = None
    justification: str


class VersionRegistered(Event):
    """A version of a product was registered, with the digest of its artifact."""

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
    """An event about the delivery of one version to one environment."""

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
    """A delivery was requested."""

    type: ClassVar[str] = "opsdesk.delivery.submitted.v1"


class DeliveryReadyForReview(DeliveryEvent):
    """A deferred delivery has all its check results now: it can be reviewed."""

    type: ClassVar[str] = "opsdesk.delivery.ready_for_review.v1"


class DeliveryApproved(DeliveryEvent):
    """The delivery has the approvals it needs."""

    type: ClassVar[str] = "opsdesk.delivery.approved.v1"
    approvers: list[str]


class DeliveryRefused(DeliveryEvent):
    """The delivery was refused, by the criteria or by a reviewer."""

    type: ClassVar[str] = "opsdesk.delivery.refused.v1"
    reasons: list[Shortcoming]


class DeliveryDeferred(DeliveryEvent):
    """The delivery waits for check results that are missing."""

    type: ClassVar[str] = "opsdesk.delivery.deferred.v1"
    reasons: list[Shortcoming]


class DeliveryStarted(DeliveryEvent):
    """The rollout started."""

    type: ClassVar[str] = "opsdesk.delivery.started.v1"


class DeliveryRolledOut(DeliveryEvent):
    """The version is on the environment. Its verification begins."""

    type: ClassVar[str] = "opsdesk.delivery.rolled_out.v1"


class DeliveryVerified(DeliveryEvent):
    """`by` verified that the delivered version works."""

    type: ClassVar[str] = "opsdesk.delivery.verified.v1"


class DeliveryRolledBack(DeliveryEvent):
    """The environment is back on the version before."""

    type: ClassVar[str] = "opsdesk.delivery.rolled_back.v1"
    reasons: list[Shortcoming]


class DeliverySuperseded(DeliveryEvent):
    """A later delivery replaces this one."""

    type: ClassVar[str] = "opsdesk.delivery.superseded.v1"
    superseded_by: str


class DeliveryWithdrawn(DeliveryEvent):
    """The delivery was withdrawn."""

    type: ClassVar[str] = "opsdesk.delivery.withdrawn.v1"


class DeliveryExpired(DeliveryEvent):
    """The delivery waited longer than the criteria allow."""

    type: ClassVar[str] = "opsdesk.delivery.expired.v1"


class FollowUpEvent(Event):
    """An event about a follow-up: work that a refusal or a failed delivery asks for."""

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
    """A follow-up was opened."""

    type: ClassVar[str] = "opsdesk.follow_up.opened.v1"


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


class EmergencyEvent(Event):
    """An event about an emergency change: without a version, because of a blocker."""

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
    """An emergency change was requested."""

    type: ClassVar[str] = "opsdesk.emergency.requested.v1"


class EmergencyAuthorized(EmergencyEvent):
    """A second person authorized the emergency change."""

    type: ClassVar[str] = "opsdesk.emergency.authorized.v1"


class EmergencyApplied(EmergencyEvent):
    """The emergency change was applied to the environment."""

    type: ClassVar[str] = "opsdesk.emergency.applied.v1"


class EmergencySettled(EmergencyEvent):
    """A verified delivery of `version` settled the debt of the emergency change."""

    type: ClassVar[str] = "opsdesk.emergency.settled.v1"
    version: str


class EmergencyRevoked(EmergencyEvent):
    """The emergency change was revoked."""

    type: ClassVar[str] = "opsdesk.emergency.revoked.v1"
    reason: str


class EnvironmentEvent(Event):
    """An event about an environment."""

    topic: ClassVar[str] = _TOPIC
    source: ClassVar[str] = _SOURCE

    environment_id: UUID
    environment: str
    customer: str

    def subject(self) -> str:
        return f"environment/{self.environment_id}"


class EnvironmentInDebt(EnvironmentEvent):
    """An emergency change left an unversioned state: a delivery is due until `due_at`."""

    type: ClassVar[str] = "opsdesk.environment.in_debt.v1"
    emergency_id: UUID
    emergency: str
    due_at: AwareDatetime


class EnvironmentDebtOverdue(EnvironmentEvent):
    """The delivery that an emergency change asks for is overdue."""

    type: ClassVar[str] = "opsdesk.environment.debt_overdue.v1"
    emergency_id: UUID
    emergency: str
    due_at: AwareDatetime
    fired_at: AwareDatetime


class EnvironmentDrifted(EnvironmentEvent):
    """The environment runs another digest than was delivered: `observed`."""

    type: ClassVar[str] = "opsdesk.environment.drifted.v1"
    observed: str


class EnvironmentCompliant(EnvironmentEvent):
    """The environment runs what was delivered again."""

    type: ClassVar[str] = "opsdesk.environment.compliant.v1"

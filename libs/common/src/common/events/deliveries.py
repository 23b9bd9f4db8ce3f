"""Events of the delivery gate about versions and deliveries, on `opsdesk.deliveries`."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

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
    """The delivery was withdrawn. `reason`: why, where no person did so: its environment was ended."""

    type: ClassVar[str] = "opsdesk.delivery.withdrawn.v1"
    reason: str | None = None


class DeliveryKnown(DeliveryEvent):
    """The present state of a delivery, announced again for new subscribers. It changed nothing.

    `at` is when the delivery ended, else when it began to roll out, else when it was requested.
    """

    type: ClassVar[str] = "opsdesk.delivery.known.v1"
    is_snapshot: ClassVar[bool] = True


class DeliveryExpired(DeliveryEvent):
    """The delivery waited longer than the criteria allow."""

    type: ClassVar[str] = "opsdesk.delivery.expired.v1"

"""What sla says about agreements, on `opsdesk.clocks`. `opsdesk.agreement.published.v1`, the
oldest of them, stands with the clocks."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event
from common.events.tickets import Priority

Contract = Literal["sla", "ola", "uc"]


class AgreementEvent(Event):
    """`customer` is the one with whom it is made; `customers` are all whom it covers (keys), none
    named means everybody. `services` are keys, none named means all."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    agreement_id: UUID
    agreement: str
    version: int
    contract: Contract
    customer_id: UUID | None
    customer: str | None
    customers: list[str]
    partner: str | None
    team: str | None
    services: list[str]

    def subject(self) -> str:
        return f"agreement/{self.agreement_id}"


class AgreementDrafted(AgreementEvent):
    """A draft was written, or written anew. It promises nothing."""

    type: ClassVar[str] = "opsdesk.agreement.drafted.v1"
    version_id: UUID


class AgreementProposed(AgreementEvent):
    """A version is open to comments and approval. `customer_signs`: in the portal."""

    type: ClassVar[str] = "opsdesk.agreement.proposed.v1"
    version_id: UUID
    customer_signs: bool


class AgreementApproved(AgreementEvent):
    """One side has approved; the other is still to come."""

    type: ClassVar[str] = "opsdesk.agreement.approved.v1"
    version_id: UUID
    side: Literal["own", "counterparty"]


class AgreementRevised(AgreementEvent):
    """A proposed version is a draft again; nobody has approved of it any more."""

    type: ClassVar[str] = "opsdesk.agreement.revised.v1"
    version_id: UUID


class AgreementWithdrawn(AgreementEvent):
    """A version was given up before it was published."""

    type: ClassVar[str] = "opsdesk.agreement.withdrawn.v1"
    version_id: UUID


class AgreementAgreed(AgreementEvent):
    """Two different people have approved, one for each side."""

    type: ClassVar[str] = "opsdesk.agreement.agreed.v1"
    version_id: UUID


class AgreementSuperseded(AgreementEvent):
    """The validity of `version` ends at `valid_until`, where that of the next one begins."""

    type: ClassVar[str] = "opsdesk.agreement.superseded.v1"
    superseded_by: int
    valid_until: AwareDatetime


class AgreementTerminationRequested(AgreementEvent):
    """Somebody asks to deactivate it; another person is to confirm."""

    type: ClassVar[str] = "opsdesk.agreement.termination_requested.v1"


class AgreementTerminationWithdrawn(AgreementEvent):
    """It is not to be deactivated after all."""

    type: ClassVar[str] = "opsdesk.agreement.termination_withdrawn.v1"


class AgreementTerminated(AgreementEvent):
    """It promises nothing any more; its open clocks are cancelled, each with an event of its own.
    `version` is its newest, published or not."""

    type: ClassVar[str] = "opsdesk.agreement.terminated.v1"


class AgreementCoverageExtended(AgreementEvent):
    """Extra cover `[starts_at, ends_at)` around a go-live or milestone; open clocks follow."""

    type: ClassVar[str] = "opsdesk.agreement.coverage_extended.v1"
    extension_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    priorities: list[Priority]


class AgreementCoverageExtensionEnded(AgreementEvent):
    """Extra cover counts for `[starts_at, ends_at)` only, less than was announced; at the same
    instant for both it was withdrawn. Open clocks follow."""

    type: ClassVar[str] = "opsdesk.agreement.coverage_extension_ended.v1"
    extension_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    priorities: list[Priority]


class AgreementClocksMoved(AgreementEvent):
    """Open clocks of earlier versions are measured by this one from now on (C6)."""

    type: ClassVar[str] = "opsdesk.agreement.clocks_moved.v1"
    version_id: UUID

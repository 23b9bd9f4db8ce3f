"""Events of sla about agreements, on `opsdesk.clocks`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.events.envelope import Event
from common.events.tickets import Priority

Contract = Literal["sla", "ola", "uc"]


class AgreementEvent(Event):
    """An event about an agreement.

    `customer` is the one with whom it is made. `customers` are the keys of all whom it covers, an
    empty list means everybody; `services` are keys, an empty list means all.
    """

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
    """A draft was written or changed. It promises nothing."""

    type: ClassVar[str] = "opsdesk.agreement.drafted.v1"
    version_id: UUID


class AgreementProposed(AgreementEvent):
    """A version is open to comments and approval. `customer_signs`: in the portal."""

    type: ClassVar[str] = "opsdesk.agreement.proposed.v1"
    version_id: UUID
    customer_signs: bool


class AgreementApproved(AgreementEvent):
    """One side approved the version."""

    type: ClassVar[str] = "opsdesk.agreement.approved.v1"
    version_id: UUID
    side: Literal["own", "counterparty"]


class AgreementRevised(AgreementEvent):
    """A proposed version is a draft again: its approvals are void."""

    type: ClassVar[str] = "opsdesk.agreement.revised.v1"
    version_id: UUID


class AgreementWithdrawn(AgreementEvent):
    """A version was given up before it was published."""

    type: ClassVar[str] = "opsdesk.agreement.withdrawn.v1"
    version_id: UUID


class AgreementAgreed(AgreementEvent):
    """Both sides approved the version, by two different people."""

    type: ClassVar[str] = "opsdesk.agreement.agreed.v1"
    version_id: UUID


class AgreementPublished(Event):
    """A version was published, for staff and for the customer. `supersedes` is the version it ends.

    An empty list of `customers` means everybody, an empty list of `services` means all (keys).
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.agreement.published.v1"

    agreement_id: UUID
    agreement: str
    version: int
    customer_id: UUID | None
    customer: str | None
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None
    version_id: UUID | None = None
    contract: Literal["sla", "ola", "uc"] = "sla"
    customers: list[str] = Field(default_factory=list)
    partner: str | None = None
    team: str | None = None
    services: list[str] = Field(default_factory=list)
    supersedes: int | None = None

    def subject(self) -> str:
        return f"agreement/{self.agreement_id}"


class AgreementSuperseded(AgreementEvent):
    """`version` ends at `valid_until`, when the next version begins."""

    type: ClassVar[str] = "opsdesk.agreement.superseded.v1"
    superseded_by: int
    valid_until: AwareDatetime


class AgreementEnding(AgreementEvent):
    """Nothing follows on this version, which ends at `valid_until`: 90, 30 and 7 days before."""

    type: ClassVar[str] = "opsdesk.agreement.ending.v1"
    version_id: UUID
    valid_until: AwareDatetime


class AgreementTerminationRequested(AgreementEvent):
    """Somebody requested the termination; another person has to confirm it.

    `requested_by` is None in events from before this field existed.
    """

    type: ClassVar[str] = "opsdesk.agreement.termination_requested.v1"
    requested_by: str | None = None


class AgreementTerminationWithdrawn(AgreementEvent):
    """The request for termination was withdrawn."""

    type: ClassVar[str] = "opsdesk.agreement.termination_withdrawn.v1"


class AgreementTerminated(AgreementEvent):
    """The agreement promises nothing any more. `version` is the newest one, published or not.

    Its open clocks are cancelled, each with an event of its own.
    """

    type: ClassVar[str] = "opsdesk.agreement.terminated.v1"


class AgreementCalendarChanged(AgreementEvent):
    """It follows another version of its calendar from `effective_from` on. Open clocks are computed again."""

    type: ClassVar[str] = "opsdesk.agreement.calendar_changed.v1"
    calendar: str
    calendar_version: int
    effective_from: AwareDatetime


class AgreementCoverageExtended(AgreementEvent):
    """Service hours were added for `[starts_at, ends_at)`. Open clocks are computed again."""

    type: ClassVar[str] = "opsdesk.agreement.coverage_extended.v1"
    extension_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    priorities: list[Priority]


class AgreementCoverageExtensionEnded(AgreementEvent):
    """Added service hours were shortened to `[starts_at, ends_at)`. Open clocks are computed again.

    The same instant for both: the extension was withdrawn.
    """

    type: ClassVar[str] = "opsdesk.agreement.coverage_extension_ended.v1"
    extension_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    priorities: list[Priority]


class AgreementClocksMoved(AgreementEvent):
    """Open clocks of earlier versions are measured by this version from now on."""

    type: ClassVar[str] = "opsdesk.agreement.clocks_moved.v1"
    version_id: UUID

"""What sla says about clocks, waivers and agreements, on `opsdesk.clocks`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.events.envelope import Event
from common.events.tickets import Kind, Priority

Metric = Literal["first_response", "next_reply", "update", "workaround", "resolution"]
Contract = Literal["sla", "ola", "uc"]


class ClockEvent(Event):
    """`deadline` is the instant at which the promise breaks; None while paused or without a target.

    `contract`: whose promise it is. `sla` ours to the customer, `ola` second level's to us, `uc`
    that of `partner` (a key) to us; only the first is a promise to the customer (R13).
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    clock_id: UUID
    ticket_id: UUID
    ticket: str
    title: str
    metric: Metric
    priority: Priority
    kind: Kind
    customer_id: UUID
    customer: str
    environment: str | None = None
    service: str | None = None
    agreement: str
    target_seconds: int | None
    deadline: AwareDatetime | None
    contract: Contract = "sla"
    partner: str | None = None

    def subject(self) -> str:
        return f"clock/{self.clock_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class ClockStarted(ClockEvent):
    type: ClassVar[str] = "opsdesk.clock.started.v1"


class ClockPaused(ClockEvent):
    type: ClassVar[str] = "opsdesk.clock.paused.v1"


class ClockResumed(ClockEvent):
    type: ClassVar[str] = "opsdesk.clock.resumed.v1"


class ClockDeadlineChanged(ClockEvent):
    """The deadline changed for another reason than a pause (C6)."""

    type: ClassVar[str] = "opsdesk.clock.deadline_changed.v1"
    previous: AwareDatetime | None
    reason: str


class ClockThresholdReached(ClockEvent):
    """`threshold` of the target is used up (0.5, 0.75, 0.9 by default). `fired_without_events`: see ClockBreached."""

    type: ClassVar[str] = "opsdesk.clock.threshold_reached.v1"
    threshold: float
    due_at: AwareDatetime
    fired_at: AwareDatetime
    fired_without_events: bool = False


class ClockBreached(ClockEvent):
    """The promise broke at `due_at`. `approved`: a waiver approved in time covers it (R2).

    `fired_without_events` means that sla could not hear of tickets when it fired: a `breach_withdrawn` may follow.
    """

    type: ClassVar[str] = "opsdesk.clock.breached.v1"
    due_at: AwareDatetime
    fired_at: AwareDatetime
    reason: str
    approved: bool = False
    waiver_id: UUID | None = None
    fired_without_events: bool = False


class ClockBreachWithdrawn(ClockEvent):
    """Heard late: the clock had stopped in time at `stopped_at`."""

    type: ClassVar[str] = "opsdesk.clock.breach_withdrawn.v1"
    stopped_at: AwareDatetime


class ClockMet(ClockEvent):
    type: ClassVar[str] = "opsdesk.clock.met.v1"
    stopped_at: AwareDatetime
    elapsed_seconds: int


class ClockMissed(ClockEvent):
    """A breached clock came to its end; `overrun_seconds` is counted (working) time."""

    type: ClassVar[str] = "opsdesk.clock.missed.v1"
    stopped_at: AwareDatetime
    elapsed_seconds: int
    overrun_seconds: int


class ClockCancelled(ClockEvent):
    type: ClassVar[str] = "opsdesk.clock.cancelled.v1"
    reason: str


class WaiverEvent(Event):
    """The GM's approval of a violation. Subject is the waiver, key the ticket it is about."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    waiver_id: UUID
    waiver: str
    clock_id: UUID
    ticket_id: UUID
    ticket: str
    metric: Metric
    customer_id: UUID
    customer: str
    deadline: AwareDatetime | None
    expires_at: AwareDatetime
    requested_by: str

    def subject(self) -> str:
        return f"waiver/{self.waiver_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class WaiverRequested(WaiverEvent):
    type: ClassVar[str] = "opsdesk.waiver.requested.v1"


class WaiverApproved(WaiverEvent):
    """`late`: approved after the deadline; it is kept, and changes nothing (C11)."""

    type: ClassVar[str] = "opsdesk.waiver.approved.v1"
    approved_by: str
    late: bool


class WaiverRefused(WaiverEvent):
    type: ClassVar[str] = "opsdesk.waiver.refused.v1"
    refused_by: str


class AgreementPublished(Event):
    """To staff and to the customer. `customers`: all whom it covers (keys), none named means
    everybody; `services`: keys, none named means all. `supersedes`: the version that it ends."""

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

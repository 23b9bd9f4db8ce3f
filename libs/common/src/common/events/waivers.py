"""Events of sla about waivers, on `opsdesk.clocks`."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.clocks import Metric
from common.events.envelope import Event


class WaiverEvent(Event):
    """An event about a waiver for one clock: the GM's approval of its breach.

    The key is the ticket, so that these events are in order with those of the clock.
    """

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
    """A waiver was requested."""

    type: ClassVar[str] = "opsdesk.waiver.requested.v1"


class WaiverApproved(WaiverEvent):
    """A waiver was approved. `late`: after the deadline; it is kept and changes nothing."""

    type: ClassVar[str] = "opsdesk.waiver.approved.v1"
    approved_by: str
    late: bool


class WaiverRefused(WaiverEvent):
    """A waiver was refused."""

    type: ClassVar[str] = "opsdesk.waiver.refused.v1"
    refused_by: str


class AnyWaiverEvent(Event):
    """An event about a waiver of either scope.

    The scope is one clock (`clock_id`, `ticket_id`, `ticket`, `metric`), or all clocks of a customer
    that breach within `[starts_at, ends_at)`, of `service` where one is named. `deadline`: until when
    an approval covers the breach; None where no breach is foreseen.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    waiver_id: UUID
    waiver: str
    clock_id: UUID | None = None
    ticket_id: UUID | None = None
    ticket: str | None = None
    metric: Metric | None = None
    customer_id: UUID
    customer: str
    service: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    deadline: AwareDatetime | None
    expires_at: AwareDatetime
    requested_by: str

    def subject(self) -> str:
        return f"waiver/{self.waiver_id}"

    def key(self) -> str:
        return str(self.ticket_id or self.waiver_id)


class PeriodWaiverRequested(AnyWaiverEvent):
    """A waiver for a period was requested."""

    type: ClassVar[str] = "opsdesk.waiver.period_requested.v1"


class PeriodWaiverApproved(AnyWaiverEvent):
    """A waiver for a period was approved: it covers breaches from now on.

    `late`: the period was over; the waiver is kept and changes nothing.
    """

    type: ClassVar[str] = "opsdesk.waiver.period_approved.v1"
    approved_by: str
    late: bool


class PeriodWaiverRefused(AnyWaiverEvent):
    """A waiver for a period was refused."""

    type: ClassVar[str] = "opsdesk.waiver.period_refused.v1"
    refused_by: str


class WaiverDecisionReminder(AnyWaiverEvent):
    """Nobody has decided on the waiver yet, `remaining_seconds` before the deadline."""

    type: ClassVar[str] = "opsdesk.waiver.decision_reminder.v1"
    remaining_seconds: int


class WaiverWithdrawn(AnyWaiverEvent):
    """The person who requested the waiver withdrew it."""

    type: ClassVar[str] = "opsdesk.waiver.withdrawn.v1"
    withdrawn_by: str


class WaiverRevoked(AnyWaiverEvent):
    """An approval was revoked: later breaches are not covered, earlier ones stay waived."""

    type: ClassVar[str] = "opsdesk.waiver.revoked.v1"
    revoked_by: str


class WaiverExpired(AnyWaiverEvent):
    """The waiver expired. `decided`: whether it had been approved or refused before."""

    type: ClassVar[str] = "opsdesk.waiver.expired.v1"
    decided: bool

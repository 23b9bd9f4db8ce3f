"""What sla says about waivers beside request, approval and refusal of one clock's (`clocks`), on
`opsdesk.clocks`: those over a period, reminders, and how waivers end."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.clocks import Metric
from common.events.envelope import Event


class AnyWaiverEvent(Event):
    """Of either scope: a clock (then `clock_id`, `ticket_id`, `ticket`, `metric`), or all clocks of
    a customer (of `service`, or of all) that break within `[starts_at, ends_at)`.

    `deadline`: by when it must be decided to count; None where nothing is known to break.
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
    type: ClassVar[str] = "opsdesk.waiver.period_requested.v1"


class PeriodWaiverApproved(AnyWaiverEvent):
    """Covers what breaks after this. `late`: the period was over; it is kept, and changes nothing."""

    type: ClassVar[str] = "opsdesk.waiver.period_approved.v1"
    approved_by: str
    late: bool


class PeriodWaiverRefused(AnyWaiverEvent):
    type: ClassVar[str] = "opsdesk.waiver.period_refused.v1"
    refused_by: str


class WaiverDecisionReminder(AnyWaiverEvent):
    """Nobody has decided yet, and `seconds_left` until the deadline."""

    type: ClassVar[str] = "opsdesk.waiver.decision_reminder.v1"
    seconds_left: int


class WaiverWithdrawn(AnyWaiverEvent):
    """Whoever asked for it needs it no more."""

    type: ClassVar[str] = "opsdesk.waiver.withdrawn.v1"
    withdrawn_by: str


class WaiverRevoked(AnyWaiverEvent):
    """Covers nothing that breaks from now on; what broke before stays excused."""

    type: ClassVar[str] = "opsdesk.waiver.revoked.v1"
    revoked_by: str


class WaiverExpired(AnyWaiverEvent):
    """Its time is over. `decided`: whether anybody had answered it."""

    type: ClassVar[str] = "opsdesk.waiver.expired.v1"
    decided: bool

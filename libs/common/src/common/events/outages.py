"""What sla says about outages, maintenance and availability, on `opsdesk.clocks`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class ScopedEvent(Event):
    """Where it is. None means all: without a service everything on the environment, without a
    customer everybody who has the service."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    customer_id: UUID | None
    customer: str | None
    environment: str | None
    service: str | None


class OutageEvent(ScopedEvent):
    """An outage as it stands now. `others_open`: other outages of the very same place that last
    still; the place is down from the first of them to the last, and counts once.

    `counts` is false once it is known to have been none.
    """

    outage_id: UUID
    outage: str
    ticket_id: UUID | None
    reported_by: Literal["monitoring", "ticket", "manual"]
    effect: Literal["down", "degraded"]
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    counts: bool
    others_open: int

    def subject(self) -> str:
        return f"outage/{self.outage_id}"

    def key(self) -> str:
        return str(self.ticket_id or self.outage_id)


class OutageStarted(OutageEvent):
    """Heard of now; `started_at` may lie before, and `ended_at` too, where all of it is known late."""

    type: ClassVar[str] = "opsdesk.outage.started.v1"


class OutageEnded(OutageEvent):
    type: ClassVar[str] = "opsdesk.outage.ended.v1"


class OutageCorrected(OutageEvent):
    """Two people corrected it. Availability of the months that it touched may have changed."""

    type: ClassVar[str] = "opsdesk.outage.corrected.v1"
    requested_by: str
    confirmed_by: str


class OutageSuperseded(OutageEvent):
    """A ticket's outage counts no more: monitoring measures the same one, as `superseded_by`."""

    type: ClassVar[str] = "opsdesk.outage.superseded.v1"
    superseded_by: str


class ConditionEvent(ScopedEvent):
    """How a service is that runs on others. `caused_by`: what is down beneath it, as
    `service/…` or `environment/…`."""

    condition_id: UUID
    caused_by: list[str]

    def subject(self) -> str:
        return f"condition/{self.condition_id}"


class ServiceDegraded(ConditionEvent):
    """Something beneath it is down (now something else, perhaps). It is not down itself."""

    type: ClassVar[str] = "opsdesk.service.degraded.v1"
    started_at: AwareDatetime


class ServiceRestored(ConditionEvent):
    type: ClassVar[str] = "opsdesk.service.restored.v1"


class MaintenanceEvent(ScopedEvent):
    """Planned maintenance (R15). Its downtime is excused once it is agreed before `starts_at`."""

    maintenance_id: UUID
    maintenance: str
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    def subject(self) -> str:
        return f"maintenance/{self.maintenance_id}"


class MaintenanceAnnounced(MaintenanceEvent):
    type: ClassVar[str] = "opsdesk.maintenance.announced.v1"
    announced_by: str


class MaintenanceAgreed(MaintenanceEvent):
    type: ClassVar[str] = "opsdesk.maintenance.agreed.v1"
    agreed_by: str


class MaintenanceCancelled(MaintenanceEvent):
    """Called off, or ended early: downtime from `cancelled_at` on counts."""

    type: ClassVar[str] = "opsdesk.maintenance.cancelled.v1"
    cancelled_at: AwareDatetime


class DowntimeBudgetThresholdReached(Event):
    """`threshold` of the downtime that a month allows is used up (R3): 0.5, 0.75, 0.9, 1. Beyond 1 the
    promised availability is missed, whatever comes. `month` is its first date.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.downtime_budget.threshold_reached.v1"

    budget_id: UUID
    agreement: str
    customer_id: UUID
    customer: str
    month: str
    threshold: float
    reached_at: AwareDatetime
    promised: float
    budget_seconds: int
    down_seconds: int

    def subject(self) -> str:
        return f"budget/{self.budget_id}"

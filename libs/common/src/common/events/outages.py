"""Events of sla about outages, maintenance and availability, on `opsdesk.clocks`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class ScopedEvent(Event):
    """An event about customers, environments and services.

    None means all: without a service everything on the environment, without a customer every customer
    of the service.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    customer_id: UUID | None
    customer: str | None
    environment: str | None
    service: str | None


class OutageEvent(ScopedEvent):
    """An event about an outage, with its present state.

    `counts` is false once it is known that there was no outage.

    `others_open`: how many other outages of the same scope are open. The scope is down from the first
    of them to the last, and the time counts once. `others_open_of_ticket`: how many of these belong to
    the same ticket; 0 without one, and in events from before this field existed.
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
    others_open_of_ticket: int = 0

    def subject(self) -> str:
        return f"outage/{self.outage_id}"

    def key(self) -> str:
        return str(self.ticket_id or self.outage_id)


class OutageStarted(OutageEvent):
    """An outage became known. `started_at`, and `ended_at` too, may be in the past."""

    type: ClassVar[str] = "opsdesk.outage.started.v1"


class OutageEnded(OutageEvent):
    """The outage ended."""

    type: ClassVar[str] = "opsdesk.outage.ended.v1"


class OutageCorrected(OutageEvent):
    """Two people corrected the outage. The availability of the months it touches may change.

    `correction_id` is None in events from before this field existed.
    """

    type: ClassVar[str] = "opsdesk.outage.corrected.v1"
    requested_by: str
    confirmed_by: str
    correction_id: UUID | None = None


class OutageCorrectionRequested(OutageEvent):
    """Somebody requested a correction: nothing changes until another person confirms it."""

    type: ClassVar[str] = "opsdesk.outage.correction_requested.v1"
    correction_id: UUID
    requested_by: str


class OutageCorrectionRefused(OutageEvent):
    """Another person refused a correction: the outage stays as it is."""

    type: ClassVar[str] = "opsdesk.outage.correction_refused.v1"
    correction_id: UUID
    requested_by: str
    refused_by: str


class OutageSuperseded(OutageEvent):
    """An outage known from a ticket does not count: monitoring measures the same one."""

    type: ClassVar[str] = "opsdesk.outage.superseded.v1"
    superseded_by: str


class ConditionEvent(ScopedEvent):
    """An event about a service that depends on others. `caused_by`: what is down, as `service/…` or
    `environment/…`.
    """

    condition_id: UUID
    caused_by: list[str]

    def subject(self) -> str:
        return f"condition/{self.condition_id}"


class ServiceDegraded(ConditionEvent):
    """Something that the service depends on is down, but not the service itself."""

    type: ClassVar[str] = "opsdesk.service.degraded.v1"
    started_at: AwareDatetime


class ServiceRestored(ConditionEvent):
    """Nothing that the service depends on is down any more."""

    type: ClassVar[str] = "opsdesk.service.restored.v1"


class MaintenanceEvent(ScopedEvent):
    """An event about planned maintenance.

    Its downtime is excluded from availability if it is agreed before `starts_at`.
    """

    maintenance_id: UUID
    maintenance: str
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    def subject(self) -> str:
        return f"maintenance/{self.maintenance_id}"


class MaintenanceAnnounced(MaintenanceEvent):
    """Maintenance was announced."""

    type: ClassVar[str] = "opsdesk.maintenance.announced.v1"
    announced_by: str


class MaintenanceAgreed(MaintenanceEvent):
    """The customer, or a second person, agreed to the maintenance.

    `announced_by` is None in events from before this field existed.
    """

    type: ClassVar[str] = "opsdesk.maintenance.agreed.v1"
    agreed_by: str
    announced_by: str | None = None


class MaintenanceMoved(MaintenanceEvent):
    """The maintenance has another window, `[starts_at, ends_at)`, to which somebody has to agree anew."""

    type: ClassVar[str] = "opsdesk.maintenance.moved.v1"
    moved_by: str
    announced_by: str
    former_starts_at: AwareDatetime
    former_ends_at: AwareDatetime


class MaintenanceCancelled(MaintenanceEvent):
    """The maintenance was cancelled or ended early: downtime from `cancelled_at` on counts."""

    type: ClassVar[str] = "opsdesk.maintenance.cancelled.v1"
    cancelled_at: AwareDatetime


class DowntimeBudgetThresholdReached(Event):
    """`threshold` of the downtime that a month allows is used up (0.5, 0.75, 0.9 or 1).

    Beyond 1 the promised availability is missed. `month` is its first date.
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

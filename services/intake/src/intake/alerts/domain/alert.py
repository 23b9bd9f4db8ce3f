"""Alerts of monitors, in the form that all formats are parsed into. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from intake.tickets.domain.new_ticket import TicketRequest, TicketScope, make_title
from intake.tickets.domain.prioritisation import PriorityAssessment, assess
from intake.tickets.domain.priority import DEFAULT_IMPACT_URGENCY, Priority

Status = Literal["firing", "ended"]

SEVERITY_PRIORITIES: Final[Mapping[str, Priority]] = {
    "blocker": "blocker",
    "critical": "critical",
    "page": "critical",
    "error": "major",
    "high": "critical",
    "warning": "major",
    "medium": "major",
    "low": "minor",
    "info": "trivial",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a post. `episode` separates two periods in which the same `dedup_key` fires.

    `customer` and `environment` are the values of labels: keys, if the monitor is configured well.
    """

    status: Status
    dedup_key: str
    episode: str
    group_key: str
    title: str
    severity: str | None
    customer: str | None
    environment: str | None
    service: str | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """The alerts of one post; `truncated` is the number that the monitor left out of it."""

    alerts: tuple[Alert, ...]
    truncated: int = 0


def environment_keys(alert: Alert) -> tuple[str, ...]:
    """Possible keys of the environment: `acme-prod`, also from `customer=acme, env=prod`."""
    if alert.environment is None:
        return ()
    joined = (f"{alert.customer}-{alert.environment}",) if alert.customer else ()
    return (alert.environment, *joined)


def incident_from_alert(
    alert: Alert, scope: TicketScope | None, received_at: datetime
) -> TicketRequest:
    """The request for the incident that an alert opens. Its priority follows the severity."""
    priority = SEVERITY_PRIORITIES.get((alert.severity or "").lower())
    return TicketRequest(
        "incident",
        make_title(alert.title, alert.dedup_key),
        "monitoring",
        PriorityAssessment(priority) if priority else assess(*DEFAULT_IMPACT_URGENCY),
        service=alert.service,
        scope=scope,
        opened_at=received_at,
    )

"""A monitoring alert as intake understands it, whatever the monitor's format. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from intake.tickets.domain.new_ticket import TicketRequest, make_title
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
    """One alert of a post. `episode` tells two outbreaks of the same `dedup_key` apart.

    `customer` and `environment` are what the labels say: keys, if the monitor is set up well.
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
    """What one post says. `unseen`: alerts that the monitor left out of it."""

    alerts: tuple[Alert, ...]
    truncated: int = 0


def environment_keys(alert: Alert) -> tuple[str, ...]:
    """How the environment may be called here: `acme-prod`, also from `customer=acme, env=prod`."""
    if alert.environment is None:
        return ()
    joined = (f"{alert.customer}-{alert.environment}",) if alert.customer else ()
    return (alert.environment, *joined)


def incident_from_alert(alert: Alert) -> TicketRequest:
    """The incident that an alert opens."""
    priority = SEVERITY_PRIORITIES.get((alert.severity or "").lower())
    assessment = PriorityAssessment(priority) if priority else assess(*DEFAULT_IMPACT_URGENCY)
    title = make_title(alert.title, alert.dedup_key)
    return TicketRequest("incident", title, "monitoring", assessment, service=alert.service)

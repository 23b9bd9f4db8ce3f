"""The fields of events about outages and maintenance: the whole state each time."""

from datetime import datetime
from typing import Any

from sla.outages.domain.maintenance import PlannedMaintenance
from sla.outages.domain.outage import Outage
from sla.outages.domain.scope import Scope


def scope_payload(scope: Scope) -> dict[str, Any]:
    """Return the fields about a scope."""
    return {
        "customer_id": scope.customer_id,
        "customer": scope.customer,
        "environment": scope.environment,
        "service": scope.service,
    }


def outage_payload(outage: Outage, others_open: tuple[int, int], at: datetime) -> dict[str, Any]:
    """Return the fields of every event about an outage.

    `others_open`: open ones of its scope, and of its scope and ticket.
    """
    return scope_payload(outage.scope) | {
        "at": at,
        "outage_id": outage.id,
        "outage": outage.key,
        "ticket_id": outage.ticket_id,
        "reported_by": outage.source,
        "effect": outage.effect,
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "counts": outage.counts,
        "others_open": others_open[0],
        "others_open_of_ticket": others_open[1],
    }


def maintenance_payload(maintenance: PlannedMaintenance, at: datetime) -> dict[str, Any]:
    """Return the fields of every event about maintenance."""
    return scope_payload(maintenance.scope) | {
        "at": at,
        "maintenance_id": maintenance.id,
        "maintenance": maintenance.key,
        "title": maintenance.title,
        "starts_at": maintenance.starts_at,
        "ends_at": maintenance.ends_at,
    }

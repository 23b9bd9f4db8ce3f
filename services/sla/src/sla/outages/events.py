"""What the others are told about outages and maintenance: the whole fact each time."""

from datetime import datetime
from typing import Any

from sla.outages.domain.maintenance import PlannedMaintenance
from sla.outages.domain.outage import Outage
from sla.outages.domain.scope import Place


def place_facts(place: Place) -> dict[str, Any]:
    return {
        "customer_id": place.customer_id,
        "customer": place.customer,
        "environment": place.environment,
        "service": place.service,
    }


def outage_facts(outage: Outage, others_open: int, at: datetime) -> dict[str, Any]:
    return place_facts(outage.place) | {
        "at": at,
        "outage_id": outage.id,
        "outage": outage.key,
        "ticket_id": outage.ticket_id,
        "reported_by": outage.source,
        "effect": outage.effect,
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "counts": outage.counts,
        "others_open": others_open,
    }


def maintenance_facts(planned: PlannedMaintenance, at: datetime) -> dict[str, Any]:
    return place_facts(planned.place) | {
        "at": at,
        "maintenance_id": planned.id,
        "maintenance": planned.key,
        "title": planned.title,
        "starts_at": planned.starts_at,
        "ends_at": planned.ends_at,
    }

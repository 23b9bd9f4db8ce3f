"""Answers of sla about availability, outages and maintenance."""

from typing import Any

from console_support.answers import page_of
from console_support.services import FakeServices

CORRECTION_ID = "0190a000-0000-7000-8000-0000000000e1"

AVAILABILITY: dict[str, Any] = {
    "month": "2026-03",
    "timezone": "Europe/Amsterdam",
    "as_of": "2026-03-02T08:30:00Z",
    "down_seconds": 600,
    "availability": 0.99931,
    "promised": 0.999,
    "budget_seconds": 1_500.5,
    "met": True,
    "failures": 1,
    "mttr_seconds": 600,
    "mtbf_seconds": 86_400,
    "intervals": [
        {
            "starts_at": "2026-03-01T10:00:00Z",
            "ends_at": "2026-03-01T10:20:00Z",
            "reason": "down",
            "duration_seconds": 1_200,
            "agreed_seconds": 600,
            "outages": ["OUT-3"],
            "maintenance": [],
        }
    ],
    "intervals_left_out": 2,
}
OUTAGE: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000e0",
    "key": "OUT-3",
    "customer": "acme",
    "environment": "acme-prod",
    "service": None,
    "source": "manual",
    "ticket_id": None,
    "effect": "down",
    "started_at": "2026-03-02T08:00:00Z",
    "ended_at": None,
    "duration_seconds": None,
    "counts": True,
    "superseded_by": None,
    "reason": "The disk is full.",
    "history": [
        {
            "kind": "started",
            "effect": "down",
            "started_at": "2026-03-02T08:00:00Z",
            "ended_at": None,
            "counts": True,
            "known_at": "2026-03-02T08:01:00Z",
            "by": "sven",
            "confirmed_by": None,
            "reason": None,
        }
    ],
    "corrections": [
        {
            "id": CORRECTION_ID,
            "started_at": "2026-03-02T07:50:00Z",
            "ended_at": None,
            "reopened": False,
            "effect": None,
            "counts": None,
            "reason": "The log says so.",
            "state": "requested",
            "requested_by": "sven",
            "requested_at": "2026-03-02T08:20:00Z",
            "decided_by": None,
            "decided_at": None,
        }
    ],
}
MAINTENANCE: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000aa",
    "key": "MW-2",
    "customer": "acme",
    "environment": "acme-prod",
    "service": None,
    "title": "New disks",
    "starts_at": "2026-03-07T21:00:00Z",
    "ends_at": "2026-03-07T23:00:00Z",
    "announced_by": "sven",
    "announced_at": "2026-03-01T09:00:00Z",
    "agreed_by": None,
    "agreed_at": None,
    "moved_by": None,
    "moved_at": None,
    "cancelled_at": None,
}


def say_outages(services: FakeServices) -> None:
    services.say("sla", "/v1/availability", AVAILABILITY)
    services.say("sla", "/v1/outages", page_of(OUTAGE))
    services.say("sla", "/v1/outages/OUT-3", OUTAGE, etag='"6"')
    services.say("sla", "/v1/maintenance", page_of(MAINTENANCE))
    services.say("sla", "/v1/maintenance/MW-2", MAINTENANCE, etag='"7"')

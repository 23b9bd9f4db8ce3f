"""Answers about customers, environments, refusals, follow-ups and emergency changes."""

from typing import Any

from console_support.answers import page_of
from console_support.services import FakeServices

ENVIRONMENT: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000e7",
    "key": "acme-prod",
    "customer": "acme",
    "tier": "production",
    "state": "in_debt",
    "running": {"billing": "sha256:9f3c", "portal": "sha256:77aa"},
    "debt": {
        "change": "EMC-2",
        "started_at": "2026-03-01T03:00:00Z",
        "due_at": "2026-03-03T03:00:00Z",
        "overdue_since": None,
    },
    "drift": {
        "product": "portal",
        "digest": "sha256:dead",
        "started_at": "2026-03-02T01:00:00Z",
    },
}
ENTRY: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000e7",
    "key": "acme-prod",
    "customer": "acme",
    "tier": "production",
    "name": "Production",
    "retired": False,
    "end_asked_by": None,
    "end_asked_at": None,
    "sequence": 5,
}
"""The environment as the directory of intake has it."""
CUSTOMER = {
    "id": "0190a000-0000-7000-8000-0000000000e8",
    "key": "acme",
    "name": "Acme Logistics",
    "timezone": "Europe/Amsterdam",
    "language": "nl",
    "tier": "gold",
    "retired": False,
    "end_asked_by": None,
    "end_asked_at": None,
}
DELIVERY_MANAGER: dict[str, Any] = {
    "role": "dm",
    "subject": "acme",
    "person": "dana",
    "deputies": ["dora"],
    "changed_by": "gina",
    "changed_at": "2026-03-01T08:00:00Z",
}
CONTACT: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000e9",
    "customer": "acme",
    "name": "Jan Bakker",
    "address": "jan@acme.example",
    "phone": "+31 20 123",
    "language": "nl",
    "counts_for": None,
    "retired": False,
    "other_phones": ["+31 6 456"],
}
FOLLOW_UP: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000ea",
    "key": "FUP-3",
    "kind": "documentation",
    "task": "Write the rollback plan",
    "state": "open",
    "delivery_id": "0190a000-0000-7000-8000-0000000000eb",
    "emergency_id": None,
    "environment": "acme-prod",
    "product": "billing",
    "version": "2.4.2",
    "blocks_delivery": True,
    "opened_at": "2026-03-01T09:00:00Z",
    "evidence": None,
    "closed_by": None,
    "closed_at": None,
    "confirmed_by": None,
    "confirmed_at": None,
    "owner": None,
    "due_at": None,
}
EMERGENCY: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000ec",
    "key": "EMC-2",
    "environment": "acme-prod",
    "ticket": "OPS-7",
    "description": "Raise the limit of the queue",
    "state": "requested",
    "requested_by": "sven",
    "requested_at": "2026-03-01T02:50:00Z",
    "authorized_by": None,
    "authorized_at": None,
    "applied_by": None,
    "applied_at": None,
    "settled_by_delivery": None,
    "settled_at": None,
    "lapsed_at": None,
    "revoked_at": None,
    "revocation_reason": None,
    "without_blocker": False,
    "blocker_ended_at": None,
}
REFUSAL: dict[str, Any] = {
    "delivery": "DEL-4",
    "product": "billing",
    "version": "2.4.2",
    "environment": "acme-prod",
    "customer": "acme",
    "attempt": 1,
    "verdict": {
        "outcome": "refused",
        "reasons": [
            {
                "code": "READINESS_MISSING",
                "criterion": "rollback_plan",
                "justification": "The request names no proof of the rollback plan.",
                "evidence": None,
                "justification_code": "proof_missing",
                "parameters": {},
            }
        ],
        "follow_ups": ["FUP-3"],
        "criteria_version": 12,
        "decided_by": "the gate",
        "decided_at": "2026-03-01T09:00:00Z",
    },
}


def say_changes(services: FakeServices) -> None:
    services.say("intake", "/v1/customers", page_of(CUSTOMER))
    services.say("intake", "/v1/customers/acme", CUSTOMER)
    services.say("intake", "/v1/customers/acme/delivery-manager", DELIVERY_MANAGER)
    services.say("intake", "/v1/customers/acme/contacts", page_of(CONTACT))
    services.say("intake", "/v1/customers/acme/environments/acme-prod", ENTRY, etag='"5"')
    services.say("delivery-gate", "/v1/environments", page_of(ENVIRONMENT))
    services.say("delivery-gate", "/v1/environments/acme-prod", ENVIRONMENT)
    services.say("delivery-gate", "/v1/refusals", page_of(REFUSAL))
    services.say("delivery-gate", "/v1/follow-ups", page_of(FOLLOW_UP))
    services.say("delivery-gate", "/v1/follow-ups/FUP-3", FOLLOW_UP, etag='"3"')
    services.say("delivery-gate", "/v1/emergency-changes", page_of(EMERGENCY))
    services.say("delivery-gate", "/v1/emergency-changes/EMC-2", EMERGENCY, etag='"2"')

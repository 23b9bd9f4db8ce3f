"""Something for every page."""

from typing import Any

from console_support.answers import page_of, say_ticket, say_work
from console_support.changes import say_changes
from console_support.promises import say_promises
from console_support.reviews import say_reviews
from console_support.services import FakeServices

WAIVER: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000a1",
    "key": "WVR-1",
    "clock_id": "0190a000-0000-7000-8000-0000000000c1",
    "ticket": "OPS-7",
    "metric": "resolution",
    "customer": "acme",
    "service": None,
    "starts_at": None,
    "ends_at": None,
    "decide_by": "2026-03-02T08:52:00Z",
    "reason": "The vendor's fix comes at 11.",
    "requested_by": "anna",
    "requested_at": "2026-03-02T08:20:00Z",
    "expires_at": "2026-03-02T12:00:00Z",
    "state": "requested",
    "decided_by": None,
    "decided_at": None,
    "decision_reason": None,
    "late": False,
    "ended_by": None,
    "ended_at": None,
    "end_reason": None,
}
DELIVERY: dict[str, Any] = {
    "key": "DEL-4",
    "product": "billing",
    "version": "2.4.2",
    "digest": "sha256:9f3c",
    "environment": "acme-prod",
    "lifecycle": "standard",
    "readiness": {"rollback_plan": "see wiki"},
    "attempt": 2,
    "state": "in_review",
    "requested_by": "pavel",
    "requested_at": "2026-03-02T07:00:00Z",
    "ended_at": None,
    "approvals": [
        {"by": "omar", "at": "2026-03-02T08:00:00Z", "criteria_version": 12},
        {"by": "quin", "at": "2026-03-01T08:00:00Z", "criteria_version": 11},
    ],
    "verdict": None,
}
CRITERIA: dict[str, Any] = {
    "version": 12,
    "strictest_tier": "production",
    "requirements": {"production": {"approvals": 2}},
}
CASE: dict[str, Any] = {
    "key": "ESC-3",
    "title": "OPS-7: resolution at 75 %",
    "state": "open",
    "trigger": "clock_threshold_reached",
    "severity": "critical",
    "customer": "acme",
    "environment": "acme-prod",
    "ticket": "OPS-7",
    "opened_at": "2026-03-02T08:20:00Z",
    "next_at": "2026-03-02T08:40:00Z",
    "acknowledged_by": [],
    "timeline": [
        {"sequence": 1, "at": "2026-03-02T08:20:00Z", "kind": "opened", "by": None, "detail": {}}
    ],
}
LINE: dict[str, Any] = {
    "customer": "acme",
    "name": "Acme Logistics",
    "service": "billing",
    "rag_status": "amber",
    "open": 31,
    "tickets": 9,
    "at_risk": 4,
    "breached": 1,
    "excused": 1,
    "next_at": "2026-03-02T08:49:00Z",
    "availability": 0.99931,
    "promised": 0.999,
    "met": True,
}


def say_everything(services: FakeServices) -> None:
    say_work(services)
    say_ticket(services)
    say_promises(services)
    say_reviews(services)
    say_changes(services)
    found = services.answers["intake", "GET", "/v1/queue"]
    services.say("intake", "/v1/tickets", answer=found)
    services.say("intake", "/v1/people", page_of({"sub": "anna", "name": "Anna", "phone": "+31 1"}))
    status = {"at": "2026-03-02T08:30:00Z", "open": 31, "tickets": 9, "at_risk": 4}
    more = {"likely_to_breach": 2, "breached": 1, "excused": 1, "lines": [LINE]}
    services.say("sla", "/v1/status", status | more)
    services.say("sla", "/v1/waivers", page_of(WAIVER))
    services.say("sla", "/v1/waivers/WVR-1", WAIVER, etag='"1"')
    services.say("delivery-gate", "/v1/deliveries", page_of(DELIVERY))
    services.say("delivery-gate", "/v1/deliveries/DEL-4", DELIVERY, etag='"4"')
    services.say("delivery-gate", "/v1/criteria", CRITERIA)
    services.say("escalation", "/v1/escalations/ESC-3", CASE, etag='"3"')
    notifications = {"person": "sven", "channel": "sms", "send_at": "2026-03-02T08:31:00Z"}
    services.say(
        "escalation",
        "/v1/notifications",
        page_of(notifications | {"state": "sent", "problem": None}),
    )

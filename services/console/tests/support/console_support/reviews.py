"""Answers of sla about reports and reviews."""

from typing import Any

from console_support.answers import page_of
from console_support.promises import CLOCK_ID
from console_support.services import FakeServices

SUMS = {"met": 19, "breached": 1, "waived": 1, "total": 20, "raw": 0.95, "adjusted": 1.0}
USAGE = {"month": "2026-02", "opened": 31, "resolved": 28, "open": 3, "compliance": SUMS}
ACTION: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000a9",
    "key": "RA-4",
    "review_id": "0190a000-0000-7000-8000-0000000000a8",
    "month": "2026-02",
    "title": "Buy a second disk",
    "criterion": "The disk is in the inventory.",
    "owner": "sven",
    "due": "2026-02-27",
    "agreed_at": "2026-02-10T09:00:00Z",
    "agreed_by": "dana",
    "state": "open",
    "done_by": None,
    "done_at": None,
    "verified_by": None,
    "verified_at": None,
    "evidence": None,
}
BREACH = {
    "clock_id": CLOCK_ID,
    "ticket": "OPS-7",
    "title": "Invoices are not sent",
    "priority": "critical",
    "metric": "resolution",
    "breached_at": "2026-02-12T09:00:00Z",
    "overrun_seconds": 1_260,
    "reason": "deadline",
    "waiver": None,
    "comment": None,
}
REPORT: dict[str, Any] = {
    "customer": "acme",
    "name": "Acme Logistics",
    "timezone": "Europe/Amsterdam",
    "month": "2026-02",
    "generated_at": "2026-03-01T06:00:00Z",
    "usage": USAGE,
    "metrics": [{"name": "resolution", "compliance": SUMS}],
    "priorities": [{"name": "blocker", "compliance": SUMS}],
    "services": [{"name": "Billing_EU", "compliance": SUMS}],
    "breaches": [BREACH],
    "breaches_total": 1,
    "outages": [
        {
            "key": "OUT-3",
            "subject": "acme-prod",
            "started_at": "2026-02-11T09:00:00Z",
            "ended_at": "2026-02-11T10:00:00Z",
        }
    ],
    "uptimes": [
        {
            "subject": "production",
            "availability": 0.9981,
            "promised": 0.999,
            "down_seconds": 3_600,
        }
    ],
    "notes": ["Two tickets were merged."],
    "preliminary": False,
    "goals": [
        {
            "goal": "95 % of resolutions",
            "metric": "resolution",
            "priorities": [],
            "service": None,
            "state": "missed",
            "target": 0.95,
            "share": 0.93,
            "credit": "60.00",
            "currency": "EUR",
        }
    ],
    "credits": [{"amount": "60.00", "currency": "EUR"}],
    "assessment": ["A calm month."],
    "assessment_by": None,
}
REVIEW: dict[str, Any] = {
    "id": ACTION["review_id"],
    "key": "acme-2026-02",
    "customer": "acme",
    "month": "2026-02",
    "generated_at": "2026-03-01T06:00:00Z",
    "edition": 1,
    "generated_by": "dana",
    "shown_edition": 0,
    "report": REPORT,
    "agenda": ["The breach of OPS-7"],
    "minutes": [{"number": 1, "text": "Agreed.", "by": "dana", "at": "2026-03-01T09:00:00Z"}],
    "actions": [ACTION],
}
COMPLIANCE: dict[str, Any] = {
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-03",
    "as_of": "2026-03-02T08:30:00Z",
    "pending": 2,
    "total": SUMS,
    "rows": [SUMS | {"group": "acme", "starts_on": "2026-03-01", "ends_on": "2026-03-03"}],
}
TIMES = {
    "ended": 20,
    "mean_seconds": 3_600,
    "p50_seconds": 3_000,
    "p90_seconds": 7_200,
    "p95_seconds": None,
}
LEADERSHIP: dict[str, Any] = {
    "month": "2026-03",
    "generated_at": "2026-03-02T08:30:00Z",
    "customers": [
        {
            "customer": "acme",
            "name": "Acme Logistics",
            "usage": USAGE,
            "previous_month": USAGE,
            "review": "edition 1",
            "open_actions": 2,
            "overdue_actions": 1,
            "availability": 0.9981,
            "outages": 1,
            "reserved_seconds": 36_000,
            "used_seconds": 9_000,
        }
    ],
    "trend": [USAGE],
    "notes": ["March is not over."],
    "suppliers": [
        {"contract": "uc", "agreement": "hosting-uc", "compliance": SUMS, "previous": SUMS}
    ],
}


GOALS: dict[str, Any] = {
    "customer": "acme",
    "month": "2026-03",
    "goals": [
        {
            "agreement": "acme-sla",
            "goal": "95 % of blockers resolved in time",
            "metric": "resolution",
            "priorities": ["blocker"],
            "service": "billing",
            "state": "at_risk",
            "target": 0.95,
            "share": 0.96,
            "met": 24,
            "broken": 1,
            "budget": {"allowed": 2, "left": 1},
            "credit": None,
            "currency": None,
        }
    ],
    "credits": [],
}


def say_reviews(services: FakeServices) -> None:
    services.say("sla", "/v1/reviews", page_of(REVIEW))
    services.say("sla", "/v1/reviews/acme-2026-02", REVIEW, etag='"8"')
    services.say("sla", "/v1/review-actions", page_of(ACTION))
    services.say("sla", "/v1/review-actions/RA-4", ACTION, etag='"4"')
    services.say("sla", "/v1/reports/compliance", COMPLIANCE)
    rows = [TIMES | {"group": "", "starts_on": "2026-03-01", "ends_on": "2026-03-03"}]
    times = COMPLIANCE | {"metric": "first_response", "total": TIMES, "rows": rows}
    services.say("sla", "/v1/reports/response", times)
    services.say("sla", "/v1/customers/acme/goals", GOALS)
    services.say("sla", "/v1/leadership-report", LEADERSHIP)

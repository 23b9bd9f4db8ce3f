"""What intake answers about notices to customers and about owed improvements of the monitoring."""

from typing import Any

from console_support.answers import page_of
from console_support.services import FakeServices

NOTICE: dict[str, Any] = {
    "key": "NTC-2",
    "kind": "outage",
    "stage": "started",
    "source_key": "OUT-3",
    "customer": "acme",
    "environment": "acme-prod",
    "service": None,
    "starts_at": "2026-03-02T08:00:00Z",
    "ends_at": None,
    "at": "2026-03-02T08:02:00Z",
    "state": "proposed",
    "decided_by": None,
    "decided_at": None,
    "dismissal_asked_by": None,
    "dismissal_asked_at": None,
    "mails": [],
    "subjects": {"en": "Outage on acme-prod", "nl": "Storing op acme-prod", "de": "Ausfall"},
}
IMPROVEMENT: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000ed",
    "key": "MON-1",
    "ticket_id": "0190a000-0000-7000-8000-0000000000ee",
    "ticket": "OPS-7",
    "cause": "found_by_customer",
    "state": "owed",
    "owed_since": "2026-02-20T08:00:00Z",
    "due_at": "2026-03-06T08:00:00Z",
    "owner": None,
    "task": None,
    "criterion": None,
    "evidence": None,
    "done_by": None,
    "done_at": None,
    "verified_by": None,
    "verified_at": None,
    "overdue_at": None,
}
PLANNED = {"state": "planned", "owner": "anna", "task": "Watch the disk.", "criterion": "It rings."}
DONE = PLANNED | {"state": "done", "evidence": "Run 7", "done_by": "anna"}
DONE |= {"done_at": "2026-03-01T08:00:00Z"}


def waiting_row(kind: str, key: str, noun: str) -> dict[str, Any]:
    """A row of My work about one of these."""
    row = {"kind": kind, "key": key, "title": "the disk", "customer": "acme", "due_at": None}
    row |= {"since": "2026-03-02T08:00:00Z", "why": "it waits", "first": None}
    return row | {"href": f"/v1/{noun}/{key}", "page": None}


def say_notices(services: FakeServices, *others: dict[str, Any]) -> None:
    """Let one of each wait, beside these others."""
    services.say("intake", "/v1/notices/NTC-2", NOTICE)
    services.say("intake", "/v1/monitoring-improvements/MON-1", IMPROVEMENT)
    rows = (
        waiting_row("send_notice", "NTC-2", "notices"),
        waiting_row("plan_improvement", "MON-1", "monitoring-improvements"),
        *others,
    )
    counts = {row["kind"]: 1 for row in rows}
    services.say("intake", "/v1/waiting-for-me", page_of(*rows, counts=counts))

"""Something for every page."""

from typing import Any

from console_support.alerts import say_alerts
from console_support.answers import page_of, say_ticket, say_work
from console_support.changes import CONTACT, CUSTOMER, say_changes
from console_support.deliveries import say_deliveries
from console_support.desk import say_desk, waiting_rows
from console_support.notices import say_notices
from console_support.problems import say_other_problem
from console_support.promises import say_promises
from console_support.reviews import say_reviews
from console_support.services import FakeServices
from console_support.two_person_settings import person

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
    "version_id": "0190a000-0000-7000-8000-0000000000f7",
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
    "max_check_age_seconds": 2_592_000,
    "requirements": {
        "production": {
            "approvals": 2,
            "checks": ["regression_test", "vulnerability_scan"],
            "readiness": ["rollback_plan", "documentation"],
        },
        "staging": {"approvals": 1, "checks": ["regression_test"], "readiness": []},
    },
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
    say_deliveries(services)
    say_notices(services, *waiting_rows())
    say_desk(services)
    say_other_problem(services)
    found = services.answers["intake", "GET", "/v1/queue"]
    services.say("intake", "/v1/tickets", answer=found)
    say_lists(services)
    say_beside_the_ticket(services)
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


def say_lists(services: FakeServices) -> None:
    """Let there be something to choose in every field."""
    people = [person("anna", phone="+31 1"), person("omar", roles=["ops", "second_level"])]
    services.say("intake", "/v1/people", page_of(*people))
    services.say("intake", "/v1/teams", page_of({"key": "second_level", "name": "Second level"}))
    services.say("intake", "/v1/partners", page_of({"key": "vendor", "name": "Vendor"}))
    services.say("intake", "/v1/customers", page_of(CUSTOMER))
    environment = {"key": "acme-prod", "name": "Production"}
    services.say("intake", "/v1/customers/acme/environments", page_of(environment))
    services.say("sla", "/v1/services", page_of({"key": "billing", "name": "Billing"}))
    services.say("intake", "/v1/views", page_of(VIEW))
    services.say("intake", "/v1/callers", {"number": None, "items": [CALLER], "on_call": None})


VIEW: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000d1",
    "owner": "anna",
    "name": "Acme's blockers",
    "shared": False,
    "list": "queue",
    "query": {"customer": "acme", "priority": "blocker"},
}
CALLER: dict[str, Any] = {
    "contact_id": "0190a000-0000-7000-8000-0000000000b1",
    "name": "Jan Bakker",
    "address": "jan@acme.example",
    "language": "nl",
    "customer": "acme",
    "customer_name": "Acme Logistics",
    "timezone": "Europe/Amsterdam",
    "is_confirmed": True,
    "open_count": 1,
    "tickets": [
        {
            "key": "OPS-7",
            "title": "Invoices are not sent",
            "state": "in_progress",
            "priority": "critical",
            "is_own": True,
        }
    ],
}
LINK: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000f1",
    "kind": "caused_by",
    "direction": "outgoing",
    "ticket": "OPS-3",
    "title": "The scheduler stops",
    "state": "resolved",
    "customer": "acme",
}
HAND_OVER: dict[str, Any] = {
    "number": 1,
    "by": "anna",
    "at": "2026-03-02T08:00:00Z",
    "to": "second_level",
    "partner": None,
    "seen": "No invoice leaves.",
    "tried": "Restarted the job.",
    "excluded": "The network.",
    "asked": "Find out why.",
    "due_at": "2026-03-02T10:00:00Z",
    "partner_reference": None,
    "acknowledge_by": "2026-03-02T09:00:00Z",
    "dm_acknowledged_by": None,
    "dm_acknowledged_at": None,
    "po_acknowledged_by": "pavel",
    "po_acknowledged_at": "2026-03-02T08:10:00Z",
    "returned_by": "sven",
    "returned_at": "2026-03-02T08:20:00Z",
    "found": "A full disk.",
    "fixed": True,
    "fix_works": None,
    "ended_at": None,
    "ended_how": None,
    "fix_checked_by": None,
    "fix_checked_at": None,
    "checked": None,
}
TIME: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000c9",
    "key": "TIM-1",
    "person": "anna",
    "minutes": 30,
    "day": "2026-03-02",
    "rate": "standard",
    "corrects": None,
    "reason": None,
}
ACT: dict[str, Any] = {
    "at": "2026-03-02T08:01:00Z",
    "by": "anna",
    "by_name": "Anna de Vries",
    "via": None,
    "act": "assign",
    "refused": False,
    "words": "Anna de Vries assigned it to Anna de Vries: Knows it",
    "parameters": {"to": "Anna de Vries", "reason": "Knows it"},
}


def say_beside_the_ticket(services: FakeServices) -> None:
    here = "/v1/tickets/OPS-7"
    added = {"id": LINK["id"], "added_at": "2026-03-02T08:00:00Z"}
    watcher = added | {"person": "omar", "contact_id": None}
    contact = CONTACT | {"id": CALLER["contact_id"], "wants_mail": True}
    services.say("intake", "/v1/customers/acme/contacts", page_of(contact))
    services.say("intake", f"{here}/links", page_of(LINK))
    services.say("intake", f"{here}/watchers", page_of(watcher))
    services.say("intake", f"{here}/hand-overs", page_of(HAND_OVER))
    say_alerts(services)
    services.say("intake", f"{here}/history", page_of(ACT))
    services.say("sla", "/v1/time-entries", page_of(TIME))

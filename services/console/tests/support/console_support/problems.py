"""What intake answers about a ticket of kind problem, and about its problem."""

from typing import Any, Final

from console.tickets.acts import ACT_FORMS
from console_support.answers import page_of, say_ticket, ticket
from console_support.services import FakeServices

PROBLEM: Final[dict[str, Any]] = {
    "key": "OPS-7",
    "title": "Invoices are not sent",
    "customer": "acme",
    "service": "billing",
    "state": "known_error",
    "symptoms": "Invoices are stuck, error E42.",
    "incidents": ["OPS-3", "OPS-5"],
    "method": "five_whys",
    "cause_steps": [{"question": "Why?", "answer": "The disk is full."}],
    "root_cause": "The queue has no limit.",
    "cause_by": "anna",
    "cause_at": "2026-03-01T08:00:00Z",
    "workaround": "Empty the queue every evening.",
    "workaround_by": "anna",
    "workaround_at": "2026-03-01T08:10:00Z",
    "change_request": "OPS-12",
    "fix_by": "anna",
    "fix_at": "2026-03-01T09:00:00Z",
    "backlog_reference": "BILL-77",
    "backlog_by": "pavel",
    **{
        f"{tier}_{what}": None
        for tier in ("staging", "production")
        for what in ("checked", "verified_by", "verified_at")
    },
    **{f"given_up_{what}": None for what in ("reason", "by", "at", "confirmed_by", "confirmed_at")},
    "is_given_up": False,
    "pending_giving_up": None,
    "names": {"anna": "Anna de Vries", "pavel": "Pavel Novak"},
    "allowed": [],
}
ASKED: Final[dict[str, Any]] = {
    "given_up_reason": "The product ends in June.",
    "given_up_by": "anna",
    "given_up_at": "2026-03-02T08:00:00Z",
}
PENDING: Final[dict[str, Any]] = {
    "requested_by": "anna",
    "requested_at": "2026-03-02T08:00:00Z",
    "reason": "The product ends in June.",
}
CONFIRMED: Final[dict[str, Any]] = {
    "given_up_confirmed_by": "omar",
    "given_up_confirmed_at": "2026-03-02T08:20:00Z",
}


def say_problem(services: FakeServices, **changed: Any) -> None:
    """Let the ticket be that of a problem."""
    say_ticket(services, kind="problem")
    services.say("intake", "/v1/problems/OPS-7", PROBLEM | changed)


def say_other_problem(services: FakeServices) -> None:
    """Let there be another ticket, of a problem that somebody wants to give up."""
    found = ticket(key="OPS-8", kind="problem", tags=["security"])
    services.say("intake", "/v1/tickets/OPS-8", found, etag='"8"')
    services.say("intake", "/v1/tickets/OPS-8/messages", page_of())
    services.say("sla", "/v1/tickets/OPS-8/clocks", page_of())
    names = (one.permission for one in ACT_FORMS if one.noun == "problems")
    yes = [{"act": one, "possible": True, "why_not": None} for one in names]
    pending = {"pending_giving_up": PENDING, "allowed": yes}
    services.say("intake", "/v1/problems/OPS-8", PROBLEM | ASKED | pending | {"key": "OPS-8"})

"""`opsdesk tickets reclassify | confirm-classification`: requests and output."""

from typing import Any

from opsdesk_support.terminal import Terminal, page_of

TICKET: dict[str, Any] = {
    "key": "OPS-7",
    "title": "How are invoices sent?",
    "priority": "major",
    "state": "in_progress",
    "kind": "incident",
    "service": "billing",
    "pending_reclassification": None,
    "customer": "acme",
    "environment": None,
    "channel": "email",
    "assignee": None,
    "resolved_by": None,
    "resolution": None,
    "verified_by": None,
    "description": None,
    "opened_at": "2026-06-01T07:00:00Z",
    "resolved_at": None,
}
PENDING_RECLASSIFICATION = {
    "kind": "question",
    "service": None,
    "requested_by": "anna",
    "reason": "Only asks [how]",
}
PENDING = TICKET | {"pending_reclassification": PENDING_RECLASSIFICATION}
RECLASSIFY = "POST /v1/tickets/OPS-7/reclassify"
CONFIRM = "POST /v1/tickets/OPS-7/classification/confirm"


def test_a_correction_is_asked_for_and_says_how_it_is_confirmed(terminal: Terminal) -> None:
    """R1"""
    terminal.services.responses[RECLASSIFY] = PENDING
    words = ("--kind", "question", "--reason", "Only asks [how]")
    output = terminal("tickets", "reclassify", "OPS-7", *words)
    assert "OPS-7 is an incident about billing; somebody else must confirm" in output
    assert "a question about billing: opsdesk tickets confirm-classification OPS-7" in output
    body = {"kind": "question", "reason": "Only asks [how]"}
    assert terminal.services.requests == [("POST", "/v1/tickets/OPS-7/reclassify", body)]


def test_asking_for_what_stands_says_that_it_stays(terminal: Terminal) -> None:
    terminal.services.responses[RECLASSIFY] = TICKET
    output = terminal(
        "tickets", "reclassify", "OPS-7", "--service", "billing", "--reason", "As it is"
    )
    assert "OPS-7 stays what it is: an incident about billing." in output


def test_a_correction_is_confirmed_or_declined(terminal: Terminal) -> None:
    terminal.services.responses[CONFIRM] = TICKET | {"kind": "question"}
    output = terminal("tickets", "confirm-classification", "OPS-7")
    assert "OPS-7 is a question about billing." in output
    terminal.services.responses[CONFIRM] = TICKET
    words = ("--decline", "--reason", "It is down")
    declined = terminal("tickets", "confirm-classification", "OPS-7", *words)
    assert "OPS-7 is an incident about billing." in declined
    assert [body for _, _, body in terminal.services.requests] == [
        {"agree": True},
        {"agree": False, "reason": "It is down"},
    ]


def test_whoever_looks_sees_what_waits_for_a_second_person(terminal: Terminal) -> None:
    """R1: who has asked for it, and why"""
    terminal.services.responses |= {
        "GET /v1/tickets/OPS-7": PENDING,
        "GET /v1/tickets/OPS-7/messages": page_of(),
        "GET /v1/tickets/OPS-7/clocks": page_of(),
    }
    output = " ".join(terminal("tickets", "show", "OPS-7").split())
    assert "a question about billing, says anna: Only asks [how]" in output

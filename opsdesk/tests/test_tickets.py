"""`opsdesk tickets`: what is open, one ticket with its messages and clocks, and a new one."""

from opsdesk_support.terminal import Terminal, listed, problem

TICKET = {
    "key": "OPS-7",
    "title": "Invoices are [not] sent",
    "priority": "critical",
    "state": "in_progress",
    "kind": "incident",
    "service": "billing",
    "correction": None,
    "customer": "acme",
    "environment": "acme-prod",
    "channel": "portal",
    "assignee": "anna",
    "resolved_by": None,
    "resolution": None,
    "verified_by": None,
    "description": None,
    "opened_at": "2026-06-01T07:00:00Z",
    "resolved_at": None,
}
MESSAGE = {
    "at": "2026-06-01T07:10:00Z",
    "author": "anna",
    "direction": "out",
    "visibility": "public",
    "text": "Dear Jan,\n\nwe look [into it].\n",
}
CLOCK = {
    "metric": "resolution",
    "state": "running",
    "deadline": "2026-06-01T11:00:00Z",
    "outcome": None,
}


def test_open_tickets_are_listed_unless_said_otherwise(terminal: Terminal) -> None:
    terminal.services.answers["GET /v1/tickets"] = listed(TICKET) | {"next": "more"}
    told = " ".join(terminal("tickets", "list", "--customer", "acme").split())
    assert "Mon 01 Jun 2026 09:00:00 CEST" in told
    assert "These are the newest 50" in told
    terminal("tickets", "list", "--all")
    terminal("tickets", "list", "--state", "resolved")
    asked = [query for _, _, query in terminal.services.asked]
    assert asked == [
        {"limit": "50", "customer": "acme", "open": "true"},
        {"limit": "50"},
        {"limit": "50", "state": "resolved"},
    ]


def test_a_ticket_is_shown_with_its_messages_and_clocks(terminal: Terminal) -> None:
    """Brackets in what people wrote are text, not markup"""
    terminal.services.answers |= {
        "GET /v1/tickets/OPS-7": TICKET,
        "GET /v1/tickets/OPS-7/messages": listed(MESSAGE),
        "GET /v1/tickets/OPS-7/clocks": listed(CLOCK),
    }
    told = " ".join(terminal("tickets", "show", "OPS-7").split())
    for words in (
        "OPS-7: Invoices are [not] sent",
        "Mon 01 Jun 2026 09:10:00 CEST anna (out, public)",
        "we look [into it].",
        "Clocks of OPS-7",
        "Mon 01 Jun 2026 13:00:00 CEST",
    ):
        assert words in told


def test_a_ticket_is_opened_with_what_was_said_of_it_alone(terminal: Terminal) -> None:
    terminal.services.answers["POST /v1/tickets"] = TICKET
    told = terminal("tickets", "open", "Invoices are not sent", "--customer", "acme")
    assert "OPS-7 is open: critical, acme." in told
    body = {"title": "Invoices are not sent", "customer": "acme"}
    assert terminal.services.asked == [("POST", "/v1/tickets", body)]


def test_what_intake_refuses_is_said(terminal: Terminal) -> None:
    no = problem(422, "invalid", "This cannot be accepted", "See `errors`.")
    terminal.services.answers["POST /v1/tickets"] = no
    assert "This cannot be accepted" in terminal.complains("tickets", "open", "x")
    assert "Not found" in terminal.complains("tickets", "show", "OPS-8")

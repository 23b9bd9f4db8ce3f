"""`opsdesk tickets`: what is open, one ticket with its messages and clocks, and a new one."""

from opsdesk_support.terminal import Terminal, page_of, problem_response

TICKET = {
    "key": "OPS-7",
    "title": "Invoices are [not] sent",
    "priority": "critical",
    "state": "in_progress",
    "kind": "incident",
    "service": "billing",
    "pending_reclassification": None,
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


def test_open_tickets_are_listed_unless_asked_otherwise(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets"] = page_of(TICKET) | {"next": "more"}
    output = " ".join(terminal("tickets", "list", "--customer", "acme").split())
    assert "Mon 01 Jun 2026 09:00:00 CEST" in output
    assert "These are the newest 50" in output
    terminal("tickets", "list", "--all")
    terminal("tickets", "list", "--state", "resolved")
    asked = [query for _, _, query in terminal.services.requests]
    assert asked == [
        {"limit": "50", "customer": "acme", "open": "true"},
        {"limit": "50"},
        {"limit": "50", "state": "resolved"},
    ]


def test_what_a_customer_writes_does_not_act_on_the_terminal(terminal: Terminal) -> None:
    """Escape sequences rename the window, clear the screen, or hide a line behind another one"""
    hostile = "\x1b]0;owned\x07\x1b[2J\x9b31mpaid\roverdue\u202eexe.fdp"
    terminal.services.responses |= {
        "GET /v1/tickets": page_of(TICKET | {"title": hostile}),
        "GET /v1/tickets/OPS-7": TICKET | {"title": hostile, "description": hostile},
        "GET /v1/tickets/OPS-7/messages": page_of(MESSAGE | {"text": hostile, "author": hostile}),
        "GET /v1/tickets/OPS-7/clocks": page_of(CLOCK),
    }
    output = terminal("tickets", "show", "OPS-7") + terminal("tickets", "list")
    assert not {"\x1b", "\x07", "\x9b", "\r", "\u202e"} & set(output)
    assert "[U+001B]]0;owned[U+0007]" in output


def test_a_ticket_is_shown_with_its_messages_and_clocks(terminal: Terminal) -> None:
    """Brackets in what people wrote are text, not markup"""
    terminal.services.responses |= {
        "GET /v1/tickets/OPS-7": TICKET,
        "GET /v1/tickets/OPS-7/messages": page_of(MESSAGE),
        "GET /v1/tickets/OPS-7/clocks": page_of(CLOCK),
    }
    output = " ".join(terminal("tickets", "show", "OPS-7").split())
    for words in (
        "OPS-7: Invoices are [not] sent",
        "Mon 01 Jun 2026 09:10:00 CEST anna (out, public)",
        "we look [into it].",
        "Clocks of OPS-7",
        "Mon 01 Jun 2026 13:00:00 CEST",
    ):
        assert words in output


def test_a_ticket_is_opened_with_given_fields_only(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/tickets"] = TICKET
    output = terminal("tickets", "open", "Invoices are not sent", "--customer", "acme")
    assert "OPS-7 is open: critical, acme." in output
    body = {"title": "Invoices are not sent", "customer": "acme"}
    assert terminal.services.requests == [("POST", "/v1/tickets", body)]


def test_what_intake_refuses_is_reported(terminal: Terminal) -> None:
    no = problem_response(422, "invalid", "This cannot be accepted", "See `errors`.")
    terminal.services.responses["POST /v1/tickets"] = no
    assert "This cannot be accepted" in terminal.fails("tickets", "open", "x")
    assert "Not found" in terminal.fails("tickets", "show", "OPS-8")


def test_what_became_of_an_answer_by_mail_stands_below_it(terminal: Terminal) -> None:
    mail = {
        "purpose": "answer",
        "contact_id": "c1",
        "state": "failed",
        "settled_at": "2026-06-01T07:12:00Z",
        "problem": "the mail server answered 550 5.1.1",
    }
    terminal.services.responses |= {
        "GET /v1/tickets/OPS-7": TICKET,
        "GET /v1/tickets/OPS-7/messages": page_of(
            MESSAGE | {"mailing": "planned", "mails": [mail]},
            MESSAGE | {"mailing": "nobody", "mails": []},
            MESSAGE | {"mailing": None, "mails": None},
        ),
        "GET /v1/tickets/OPS-7/clocks": page_of(CLOCK),
    }
    output = " ".join(terminal("tickets", "show", "OPS-7").split())
    assert "answer by mail to contact c1: failed Mon 01 Jun 2026 09:12:00 CEST" in output
    assert "(the mail server answered 550 5.1.1)" in output
    assert output.count("by mail: to nobody") == 1


def test_what_was_cut_from_a_mail_is_shown_when_asked_for(terminal: Terminal) -> None:
    """What stood below the new words (I3): one line says that it is there."""
    mail = MESSAGE | {"history": "On Monday anna wrote:\n> Dear Jan", "email": "m-1"}
    terminal.services.responses |= {
        "GET /v1/tickets/OPS-7": TICKET,
        "GET /v1/tickets/OPS-7/messages": page_of(mail, MESSAGE | {"history": None}),
        "GET /v1/tickets/OPS-7/clocks": page_of(CLOCK),
    }
    short = terminal("tickets", "show", "OPS-7")
    assert short.count("2 more lines, quoted or a signature: add --quoted") == 1
    assert "anna wrote" not in short
    whole = terminal("show", "OPS-7", "--quoted").splitlines()
    assert "  | On Monday anna wrote:" in whole
    assert "  | > Dear Jan" in whole
    assert "  As it came: opsdesk mails raw m-1 mail.eml" in whole


def test_a_sender_who_was_not_believed_is_warned_of(terminal: Terminal) -> None:
    """An outsider may write as a customer or as one of us (I1)."""
    doubted = MESSAGE | {"sender_doubt": "SPF failed"}
    terminal.services.responses |= {
        "GET /v1/tickets/OPS-7": TICKET,
        "GET /v1/tickets/OPS-7/messages": page_of(doubted, MESSAGE | {"sender_doubt": None}),
        "GET /v1/tickets/OPS-7/clocks": page_of(CLOCK),
    }
    shown = terminal("tickets", "show", "OPS-7")
    assert shown.count("Warning: the sender of this mail was not believed: SPF failed") == 1

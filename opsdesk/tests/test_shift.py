"""The commands of a shift: what they send, what they say, and errors in their own words."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from opsdesk.__main__ import SHIFT, app
from opsdesk.commands.references import ticket_ref
from opsdesk_support.terminal import Terminal, page_of

TICKET: dict[str, Any] = {
    "key": "OPS-7",
    "title": "Invoices are not sent",
    "priority": "major",
    "state": "in_progress",
    "kind": "incident",
    "service": "billing",
    "customer": "acme",
    "environment": None,
    "channel": "phone",
    "assignee": "omar",
    "assignee_name": "Omar",
    "forwarded_to": "partner",
    "partner": "hosthaven",
    "tags": ["security", "vip"],
    "waiting_on": "customer",
    "pending_downgrade": None,
    "pending_reclassification": None,
    "opened_at": "2026-06-01T07:00:00Z",
    "resolved_at": None,
}
WAITS = TICKET | {"pending_downgrade": {"priority": "minor", "requested_by": "anna", "reason": "x"}}
MESSAGE = {
    "at": "2026-06-01T07:10:00Z",
    "author": "contact/1",
    "author_name": "Jan",
    "direction": "inbound",
    "visibility": "public",
    "text": "Ünicode \x1b[2J",
}
ENTRY = {"at": "2026-06-01T07:10:00Z", "words": "Anna resolved it"}
PROMISE = {
    "metric": "first_response",
    "contract": "sla",
    "partner": None,
    "due_at": "2026-06-01T11:00:00Z",
    "is_breached": True,
}

ACTS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "reply 7 Hello",
        "replies",
        {"text": "Hello", "visibility": "public"},
        "The reply is on OPS-7.",
    ),
    ("note 7 Hush", "replies", {"text": "Hush", "visibility": "internal"}, "for staff alone"),
    ("workaround 7 Restart", "workaround", {"text": "Restart"}, "OPS-7 has a workaround."),
    ("assign 7 omar --team ops", "assign", {"to": "omar", "team": "ops"}, "assigned to omar"),
    ("tag 7 security vip", "tags", {"tags": ["security", "vip"]}, "has the tags security, vip."),
    ("tag 7", "tags", {"tags": []}, "has the tags security, vip."),
    (
        "wait 7 --reason Unclear --question Which?",
        "hold",
        {"waiting_on": "customer", "reason": "Unclear", "question": "Which?"},
        "OPS-7 waits for customer.",
    ),
    ("resume 7", "resume", {}, "OPS-7 is in progress."),
    ("resolve 7 Restarted", "resolve", {"resolution": "Restarted"}, "opsdesk verify OPS-7"),
    ("verify 7 --checked Tested", "verify", {"reason": "Tested"}, "opsdesk close OPS-7"),
    ("verify 7 --reason Tested", "verify", {"reason": "Tested"}, "opsdesk close OPS-7"),
    ("verify 7", "verify", {}, "opsdesk close OPS-7"),
    ("reject 7 --reason Down", "reject", {"reason": "Down"}, "OPS-7 is open again."),
    ("close 7", "close", {}, "OPS-7 is closed."),
    ("reopen 7 --reason Down", "reopen", {"reason": "Down"}, "OPS-7 is open again."),
    ("merge 7 9", "merge", {"into": "OPS-9"}, "OPS-7 is merged into OPS-9."),
    (
        "forward 7 --to partner --partner hosthaven --seen a --tried b --excluded c --asked d --due-at 2035-01-05T12:00Z",
        "forward",
        {"to": "partner", "partner": "hosthaven", "seen": "a", "tried": "b", "excluded": "c"}
        | {"asked": "d", "due_at": "2035-01-05T12:00:00+00:00"},
        "OPS-7 is with hosthaven.",
    ),
    (
        "hand-back 7 Disk --fixed",
        "hand-back",
        {"found": "Disk", "fixed": True},
        "OPS-7 is back at first level.",
    ),
    (
        "prioritise 7 critical --reason All",
        "prioritise",
        {"priority": "critical", "reason": "All"},
        "OPS-7 is major.",
    ),
    ("confirm-priority 7", "priority/confirm", {"agree": True}, "OPS-7 is major."),
    ("confirm-priority 7 --decline", "priority/confirm", {"agree": False}, "OPS-7 is major."),
    ("confirm-blocker 7", "blocker/confirm", {}, "OPS-7 is a blocker."),
]


@pytest.mark.parametrize(("line", "act", "body", "words"), ACTS, ids=[one[0] for one in ACTS])
@pytest.mark.parametrize("group", [(), ("tickets",)])
def test_an_act_is_sent_and_reported_in_one_sentence(
    terminal: Terminal, group: tuple[str, ...], line: str, act: str, body: Any, words: str
) -> None:
    path = f"/v1/tickets/OPS-7/{act}"
    terminal.services.responses[f"POST {path}"] = TICKET
    assert words in terminal(*group, *line.split())
    assert terminal.services.requests == [("POST", path, body)]


def test_what_was_found_in_a_reply_is_told_to_who_sent_it(terminal: Terminal) -> None:
    """R11"""
    found = {"severity": "warning", "code": "wrong_language", "detail": "This is English."}
    terminal.services.responses["POST /v1/tickets/OPS-7/replies"] = TICKET | {"findings": [found]}
    lines = terminal("reply", "7", "Hello").splitlines()
    assert lines == ["The reply is on OPS-7.", "warning: This is English."]


def test_every_command_of_the_shift_has_a_help() -> None:
    for name in SHIFT:
        shown = CliRunner().invoke(app, [name, "--help"])
        assert shown.exit_code == 0, name
        assert "Usage" in shown.output


def test_a_lower_priority_says_how_it_is_confirmed(terminal: Terminal) -> None:
    """R1"""
    terminal.services.responses["POST /v1/tickets/OPS-7/prioritise"] = WAITS
    output = terminal("prioritise", "7", "minor", "--reason", "Few")
    assert "OPS-7 stays major until somebody else confirms minor" in output
    assert "opsdesk confirm-priority OPS-7" in output


@pytest.mark.parametrize(
    ("text", "ref"),
    [("1021", "OPS-1021"), ("OPS-1021", "OPS-1021"), ("ops-1021", "OPS-1021"), (" 7 ", "OPS-7")],
)
def test_a_ticket_is_named_as_people_name_it(text: str, ref: str) -> None:
    assert ticket_ref(text) == ref
    assert ticket_ref("0198d6e0-0000-7000-8000-000000000000").startswith("0198")


def test_a_call_is_written_down_with_its_time(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/tickets"] = TICKET
    words = ("--customer", "acme", "--opened-at", "2026-06-01T08:30")
    terminal("phone", "No login", *words)
    body = {"title": "No login", "customer": "acme", "opened_at": "2026-06-01T08:30:00+02:00"}
    assert terminal.services.requests == [("POST", "/v1/tickets", body | {"channel": "phone"})]


def test_an_unknown_sender_gets_a_customer(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/triage/OPS-7/assign-customer"] = TICKET
    assert "OPS-7 belongs to acme." in terminal("triage", "7", "acme")


def test_the_queue_says_which_promise_breaks_when(terminal: Terminal) -> None:
    paused = PROMISE | {"due_at": None, "contract": "uc", "partner": "hosthaven"}
    terminal.services.responses["GET /v1/queue"] = page_of(
        TICKET | {"next_promise": PROMISE},
        TICKET | {"next_promise": paused | {"is_breached": False}},
        TICKET | {"next_promise": None},
    )
    output = " ".join(terminal("queue", "--mine", "--customer", "acme", "--unassigned").split())
    assert "BROKEN Mon 01 Jun 2026 13:00:00 CEST" in output
    assert "first response (hosthaven)" in output
    asked = {"limit": "50", "customer": "acme", "mine": "true", "assigned": "false"}
    assert terminal.services.requests == [("GET", "/v1/queue", asked)]


def test_a_saved_view_is_asked_by_name(terminal: Terminal) -> None:
    view = {
        "id": "v1",
        "name": "Mine",
        "shared": False,
        "query": {"mine": True, "priority": "major"},
    }
    terminal.services.responses |= {
        "GET /v1/views": page_of(view | {"shared": True, "query": {}}, view),
        "GET /v1/queue": page_of(),
        "POST /v1/views": view,
    }
    terminal("queue", "--view", "Mine", "--priority", "critical")
    *_, (_, _, asked) = terminal.services.requests
    assert asked == {"limit": "50", "mine": "true", "priority": "critical"}
    assert "There is no view 'Yours'" in terminal.fails("queue", "--view", "Yours")
    assert "opsdesk queue --view 'Mine'" in terminal("views", "save", "Mine", "--mine")


def test_an_option_that_cannot_be_read_is_one_sentence(terminal: Terminal) -> None:
    assert terminal.fails("queue", "--due-before", "soon").startswith("'soon' is not an instant")


def test_words_are_searched(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets"] = page_of()
    output = terminal("search", "invoice", "export", "--open", "--customer", "acme")
    assert "Nothing has all of these words" in output
    asked = {"limit": "50", "q": "invoice export", "customer": "acme", "open": "true"}
    assert terminal.services.requests == [("GET", "/v1/tickets", asked)]


def test_with_json_any_command_prints_what_the_services_said(terminal: Terminal) -> None:
    terminal.services.responses |= {
        "GET /v1/tickets/OPS-7": TICKET,
        "GET /v1/tickets/OPS-7/messages": page_of(MESSAGE),
        "GET /v1/tickets/OPS-7/clocks": page_of(),
        "GET /v1/tickets/OPS-7/history": page_of(ENTRY),
        "GET /v1/deliveries": page_of(),
        "POST /v1/tickets/OPS-7/close": TICKET,
    }
    for words in (("--json", "close", "7"), ("close", "--json", "7"), ("close", "7", "--json")):
        assert json.loads(terminal(*words)) == TICKET
    shown = terminal("show", "7", "--json")
    assert "\x1b" not in shown
    assert json.loads(shown) == TICKET | {"messages": [MESSAGE], "clocks": []}
    assert json.loads(terminal("history", "7", "--json")) == {"items": [ENTRY]}
    assert json.loads(terminal("deliveries", "list", "--json")) == page_of()
    assert "Anna resolved it" in terminal("history", "7")


def test_who_verifies_at_a_terminal_is_asked_what_was_checked(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1"""
    monkeypatch.setattr("opsdesk.commands.ticket_work.is_terminal", lambda: True)
    path = "/v1/tickets/OPS-7/verify"
    terminal.services.responses[f"POST {path}"] = TICKET
    assert "What did you check" in terminal.says("\nSent an invoice\n", "verify", "7")
    assert terminal.services.requests == [("POST", path, {"reason": "Sent an invoice"})]
    assert "What did you check" not in terminal("verify", "7", "--checked", "Sent an invoice")

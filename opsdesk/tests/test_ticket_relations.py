"""`opsdesk tickets link | split | unmerge | watch | bulk …`: requests and output."""

from typing import Any

from opsdesk_support.terminal import Terminal, page_of

LINK: dict[str, Any] = {
    "id": "0192",
    "kind": "caused_by",
    "direction": "outgoing",
    "in_words": "was caused by",
    "ticket": "OPS-5",
    "title": "The disk is full",
    "state": "new",
    "customer": "acme",
    "created_by": "anna",
    "created_at": "2026-06-01T07:00:00Z",
}
TICKET = {"key": "OPS-9", "priority": "major", "state": "new", "opened_at": "2026-06-01T07:00:00Z"}


def test_a_link_is_made_shown_and_removed(terminal: Terminal) -> None:
    responses = terminal.services.responses
    responses["POST /v1/tickets/OPS-7/links"] = LINK
    output = terminal("tickets", "link", "OPS-7", "caused_by", "OPS-5")
    assert "OPS-7 was caused by OPS-5: The disk is full" in output
    responses["GET /v1/tickets/OPS-7/links"] = page_of(LINK)
    assert "was caused by" in terminal("tickets", "links", "OPS-7")
    responses["DELETE /v1/tickets/OPS-7/links/0192"] = {}
    assert "no more" in terminal("tickets", "unlink", "OPS-7", "0192")
    assert terminal.services.requests[0][2] == {"kind": "caused_by", "other": "OPS-5"}


def test_a_split_says_from_when_the_new_ticket_counts(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/tickets/OPS-7/split"] = TICKET
    words = ("--message", "0192", "--message", "0193")
    output = terminal("tickets", "split", "OPS-7", "A second thing", *words)
    assert "OPS-9 is open, split from OPS-7: major" in output
    body = {"title": "A second thing", "messages": ["0192", "0193"], "description": False}
    assert terminal.services.requests == [("POST", "/v1/tickets/OPS-7/split", body)]


def test_a_separation_says_how_it_is_confirmed(terminal: Terminal) -> None:
    """C10"""
    responses = terminal.services.responses
    responses["POST /v1/tickets/OPS-7/unmerge"] = {"key": "OPS-7"}
    output = terminal("tickets", "unmerge", "OPS-7", "--reason", "Two requests")
    assert "opsdesk confirm-unmerge OPS-7" in output
    responses["POST /v1/tickets/OPS-7/unmerge/confirm"] = {"key": "OPS-7", "state": "reopened"}
    assert "OPS-7 is reopened." in terminal("tickets", "confirm-unmerge", "OPS-7")
    terminal("tickets", "confirm-unmerge", "OPS-7", "--decline", "--reason", "The same")
    assert terminal.services.requests[-1][2] == {
        "agree": False,
        "messages": [],
        "reason": "The same",
    }


def test_who_watches_is_named(terminal: Terminal) -> None:
    made = {"id": "0192", "person": "sven", "contact_id": None}
    terminal.services.responses["POST /v1/tickets/OPS-7/watchers"] = made
    assert "sven watches OPS-7." in terminal("tickets", "watch", "OPS-7", "--person", "sven")


def test_many_tickets_at_once_say_of_each_what_became_of_it(terminal: Terminal) -> None:
    refused = {"detail": "OPS-8 is closed; to assign, reopen it."}
    items = [
        {"ticket": "OPS-7", "status": 200, "problem": None},
        {"ticket": "OPS-8", "status": 409, "problem": refused},
    ]
    result = {"done": 1, "failed": 1, "items": items}
    terminal.services.responses["POST /v1/tickets/bulk"] = result
    output = terminal("tickets", "bulk", "assign", "OPS-7", "OPS-8", "--set", "to=anna")
    assert "OPS-8 is closed; to assign, reopen it." in output
    assert "1 were not done" in output
    body = {"action": "assign", "tickets": ["OPS-7", "OPS-8"], "body": {"to": "anna"}}
    assert terminal.services.requests == [("POST", "/v1/tickets/bulk", body)]


def test_what_cannot_be_read_as_a_field_is_said(terminal: Terminal) -> None:
    wrong = ("tickets", "bulk", "assign", "OPS-7", "--set", "anna")
    assert "write it as name=value" in terminal.fails(*wrong)


def test_another_finder_than_the_customer_is_confirmed_by_another(terminal: Terminal) -> None:
    """R1"""
    on, found = "POST /v1/tickets/OPS-7/detection", {"key": "OPS-7", "detected_by": "customer"}
    responses = terminal.services.responses
    responses[on] = found | {"pending_detection": {"detected_by": "ops"}}
    asked = terminal("tickets", "detected-by", "OPS-7", "ops", "--reason", "The round")
    assert "OPS-7 was found first by: customer." in asked
    assert "opsdesk tickets confirm-detection OPS-7" in asked
    responses[f"{on}/confirm"] = found | {"detected_by": "ops", "pending_detection": None}
    assert "found first by: ops." in terminal("tickets", "confirm-detection", "OPS-7")
    assert terminal.services.requests[-1][2] == {"agree": True}
    terminal("tickets", "confirm-detection", "OPS-7", "--decline", "--reason", "Jan called first")
    assert terminal.services.requests[-1][2] == {"agree": False, "reason": "Jan called first"}


def test_a_search_is_ended_with_or_without_its_cause(terminal: Terminal) -> None:
    """R9"""
    address = "/v1/tickets/OPS-7/investigations"
    running = {"id": "0192", "ended_at": None}
    terminal.services.responses[f"GET {address}"] = page_of(running)
    terminal.services.responses[f"POST {address}/0192/end"] = {"long": True}
    output = terminal("tickets", "end-investigation", "OPS-7", "--cause", "A full disk")
    assert "better monitoring is owed" in output
    assert terminal.services.requests[-1][2] == {"cause_found": True, "cause": "A full disk"}
    terminal.services.responses[f"GET {address}"] = page_of()
    assert "Nobody looks for the cause" in terminal.fails("tickets", "end-investigation", "OPS-7")


def test_time_spent_is_recorded_in_sla_and_summed_up(terminal: Terminal) -> None:
    entry = {
        "key": "TIM-1",
        "minutes": 30,
        "person": "anna",
        "day": "2026-06-01",
        "rate": "standard",
        "reason": None,
    }
    terminal.services.responses["POST /v1/time-entries"] = entry
    words = ("--minutes", "30", "--day", "2026-06-01")
    assert "TIM-1: 30 minutes" in terminal("tickets", "time", "OPS-7", *words)
    terminal.services.responses["GET /v1/time-entries"] = page_of(entry, entry)
    assert "60 minutes" in terminal("tickets", "time", "OPS-7")

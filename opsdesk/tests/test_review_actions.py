"""`opsdesk actions`: what reviews agreed on, from the agreement to the second person's word."""

import pytest

from opsdesk.api_client import JSON
from opsdesk_support.terminal import Terminal, page_of, problem_response

ACTION: JSON = {
    "key": "RA-4",
    "month": "2026-06",
    "title": "Alert on a full queue",
    "owner": "omar",
    "due": "2026-07-15",
    "state": "open",
}


def test_actions_are_listed_by_what_is_due(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/review-actions"] = page_of(ACTION)
    shown = " ".join(terminal("actions", "list", "--owner", "omar", "--all").split())
    assert "│ RA-4 │ 2026-06 │ Alert on a full queue │ omar │ 2026-07-15 │ open │" in shown
    query = {"limit": "50", "owner": "omar", "all": "true"}
    assert terminal.services.requests == [("GET", "/v1/review-actions", query)]


@pytest.mark.parametrize(
    ("command", "path", "body"),
    [
        (["finish", "RA-4", "Alert 7 fires"], "finish", {"evidence": "Alert 7 fires"}),
        (["verify", "RA-4"], "verify", {}),
        (["send-back", "RA-4", "It never fired"], "send-back", {"reason": "It never fired"}),
        (
            ["hand-over", "RA-4", "--owner", "anna", "--due", "2026-08-01"],
            "hand-over",
            {"owner": "anna", "due": "2026-08-01"},
        ),
    ],
)
def test_an_act_is_sent_and_its_outcome_said(
    terminal: Terminal, command: list[str], path: str, body: JSON
) -> None:
    terminal.services.responses[f"POST /v1/review-actions/RA-4/{path}"] = ACTION
    assert "RA-4 is open: Alert on a full queue, omar, due 2026-07-15" in terminal(
        "actions", *command
    )
    assert terminal.services.requests == [("POST", f"/v1/review-actions/RA-4/{path}", body)]


def test_an_action_is_agreed_on_in_a_review(terminal: Terminal) -> None:
    path = "/v1/reviews/acme-2026-06/actions"
    terminal.services.responses[f"POST {path}"] = ACTION
    words = ["--owner", "omar", "--due", "2026-07-15", "--criterion", "It fires in a drill"]
    terminal("actions", "agree", "acme-2026-06", "Alert on a full queue", *words)
    body = {
        "title": "Alert on a full queue",
        "owner": "omar",
        "due": "2026-07-15",
        "criterion": "It fires in a drill",
    }
    assert terminal.services.requests == [("POST", path, body)]


def test_who_may_not_verify_reads_why(terminal: Terminal) -> None:
    """R1: nobody verifies an action of their own."""
    no = problem_response(403, "self-approval", "No", "Somebody else verifies it.")
    terminal.services.responses["POST /v1/review-actions/RA-4/verify"] = no
    assert "Somebody else verifies it." in terminal.fails("actions", "verify", "RA-4")

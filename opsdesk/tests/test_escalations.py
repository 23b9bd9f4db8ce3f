"""`opsdesk escalations` and `opsdesk oncall`."""

from typing import Any

from opsdesk_support.terminal import Terminal, page_of, problem_response

CASE = {
    "key": "ESC-4",
    "state": "open",
    "severity": "critical",
    "policy": "night",
    "step": 2,
    "next_at": "2026-06-01T02:20:00Z",
    "title": "Resolution of OPS-7 breaks",
    "trigger": "clock_threshold_reached",
    "customer": "acme",
    "environment": None,
    "ticket": "OPS-7",
    "timeline": [
        {
            "at": "2026-06-01T02:00:00Z",
            "kind": "step_fired",
            "by": None,
            "detail": {"step": 1, "deadline": "2026-06-01T02:20:00Z"},
        }
    ],
}


def test_cases_are_listed_by_state_and_ticket_in_the_readers_zone(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/escalations"] = page_of(CASE)
    output = terminal("escalations", "list", "--state", "open", "--ticket", "OPS-7")
    assert "Mon 01 Jun 2026 04:20:00 CEST" in " ".join(output.split())
    asked = {"limit": "50", "state": "open", "ticket": "OPS-7"}
    assert terminal.services.requests == [("GET", "/v1/escalations", asked)]


def test_a_case_is_shown_with_its_timeline(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/escalations/ESC-4"] = CASE
    output = " ".join(terminal("escalations", "show", "ESC-4").split())
    for words in ("ESC-4: Resolution of OPS-7 breaks", "step_fired", "step=1", "04:00:00 CEST"):
        assert words in output


def test_a_case_is_taken(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/escalations/ESC-4/acknowledge"] = CASE
    assert "ESC-4 is yours: Resolution of OPS-7 breaks." in terminal(
        "escalations", "acknowledge", "ESC-4"
    )


def test_a_case_that_is_over_cannot_be_taken(terminal: Terminal) -> None:
    no = problem_response(409, "conflict", "This cannot be done now", "ESC-4 is resolved.")
    terminal.services.responses["POST /v1/escalations/ESC-4/acknowledge"] = no
    assert "ESC-4 is resolved." in terminal.fails("escalations", "acknowledge", "ESC-4")


def test_who_is_on_call_is_asked_in_the_readers_zone(terminal: Terminal) -> None:
    night = {"rota": "night", "people": ["mia", "sven"], "until": "2026-06-01T07:00:00Z"}
    nobody: dict[str, Any] = {"rota": "tom", "people": [], "until": None, "next": []}
    rotas = page_of(night | {"next": ["omar"]}, nobody)
    terminal.services.responses["GET /v1/oncall"] = rotas | {"at": "2026-06-01T01:00:00Z"}
    output = " ".join(terminal("oncall", "--at", "2026-06-01T03:00").split())
    for words in (
        "On call at Mon 01 Jun 2026 03:00:00 CEST",
        "mia, sven",
        "09:00:00 CEST",
        "omar",
        "nobody",
    ):
        assert words in output
    asked = {"at": "2026-06-01T03:00:00+02:00"}
    assert terminal.services.requests == [("GET", "/v1/oncall", asked)]


def test_what_is_no_instant_is_reported_and_nothing_is_asked(terminal: Terminal) -> None:
    assert "'tonight' is not an instant" in terminal.fails("oncall", "--at", "tonight")
    assert terminal.services.requests == []

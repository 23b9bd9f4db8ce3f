"""`opsdesk waivers`: requests, decisions and the time left."""

import pytest

from opsdesk.api_client import JSON
from opsdesk_support.terminal import Terminal, page_of, problem_response

CLOCK = {
    "id": "0192f3a0-0000-7000-8000-000000000001",
    "ticket": "OPS-7",
    "title": "Invoices are not [sent]",
    "contract": "sla",
    "metric": "resolution",
    "priority": "critical",
    "state": "running",
    "target_seconds": 14400,
    "deadline": "2026-06-01T02:20:00Z",
}
THEIRS = CLOCK | {"id": "0192f3a0-0000-7000-8000-000000000002", "contract": "uc"}
WAIVER = {
    "key": "WVR-3",
    "clock_id": CLOCK["id"],
    "ticket": "OPS-7",
    "metric": "resolution",
    "customer": "acme",
    "service": None,
    "starts_at": None,
    "ends_at": None,
    "decide_by": "2026-06-01T02:20:00Z",
    "remaining_seconds": 4800,
    "reason": "The index is built at night [/agreed]",
    "requested_by": "anna",
    "requested_at": "2026-06-01T00:30:00Z",
    "expires_at": "2026-06-02T02:20:00Z",
    "state": "requested",
    "decided_by": None,
    "decided_at": None,
    "decision_reason": None,
    "late": False,
    "ended_by": None,
    "ended_at": None,
    "end_reason": None,
}
PERIOD = WAIVER | {
    "key": "WVR-4",
    "clock_id": None,
    "ticket": None,
    "metric": None,
    "service": "billing",
    "starts_at": "2026-06-01T01:30:00Z",
    "ends_at": "2026-06-01T06:00:00Z",
    "decide_by": "2026-06-01T01:30:00Z",
    "remaining_seconds": 1800,
}
DECIDED = {"decided_by": "gina", "decided_at": "2026-06-01T01:05:00Z", "remaining_seconds": None}


def test_what_waits_for_a_decision_is_listed_by_the_time_that_is_left(terminal: Terminal) -> None:
    """In the reader's zone: it is summer in Amsterdam."""
    paused = WAIVER | {"key": "WVR-1", "decide_by": None, "remaining_seconds": None}
    gone = WAIVER | {"key": "WVR-2", "decide_by": "2026-05-31T22:00:00Z", "remaining_seconds": 0}
    terminal.services.responses["GET /v1/waivers"] = page_of(paused, WAIVER, PERIOD, gone)
    output = terminal("waivers", "list")
    positions = [output.index(key) for key in ("WVR-2", "WVR-4", "WVR-3", "WVR-1")]
    assert positions == sorted(positions)
    for words in ("NONE: too late", "30 min", "1 hr 20 min", "the clock is paused"):
        assert words in output
    assert "Mon 01 Jun 2026 04:20:00 CEST" in " ".join(output.split())
    assert terminal.services.requests == [("GET", "/v1/waivers", _query(state="requested"))]


def test_decided_ones_are_listed_by_state_and_customer(terminal: Terminal) -> None:
    refused = WAIVER | DECIDED | {"state": "refused", "decide_by": None}
    terminal.services.responses["GET /v1/waivers"] = page_of(refused)
    assert "WVR-3" in terminal("waivers", "list", "--state", "refused", "--customer", "acme")
    query = _query(state="refused", customer="acme")
    assert terminal.services.requests == [("GET", "/v1/waivers", query)]


def test_a_waiver_is_shown_with_what_it_is_about_and_the_time_left(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/waivers/WVR-3"] = WAIVER
    terminal.services.responses[f"GET /v1/clocks/{CLOCK['id']}"] = CLOCK
    output = " ".join(terminal("waivers", "show", "WVR-3").split())
    for words in (
        "WVR-3: resolution of OPS-7",
        "1 hr 20 min",
        "Mon 01 Jun 2026 04:20:00 CEST",
        "Invoices are not [sent]",
        "at night [/agreed]",
        "opsdesk waivers approve WVR-3",
    ):
        assert words in output


def test_a_late_approval_is_shown_as_one_that_covers_nothing(terminal: Terminal) -> None:
    """C11"""
    late = PERIOD | DECIDED | {"state": "approved", "late": True, "decide_by": None}
    terminal.services.responses["GET /v1/waivers/WVR-4"] = late
    output = terminal("waivers", "show", "WVR-4")
    assert "too late: it covers nothing" in output
    assert "Decide:" not in output


def test_a_waiver_is_requested_for_a_tickets_promise(terminal: Terminal) -> None:
    """An instant without offset is meant in the reader's zone; a partner's clock is passed over."""
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(THEIRS, CLOCK)
    terminal.services.responses["POST /v1/waivers"] = WAIVER
    output = terminal("waivers", "request", "No spare part", "--ticket", "OPS-7", *UNTIL)
    assert "WVR-3 is requested: resolution of OPS-7." in output
    assert "Time left for the general manager: 1 hr 20 min." in output
    asked = {"reason": "No spare part", "expires_at": NOON, "clock_id": CLOCK["id"]}
    assert terminal.services.requests[1:] == [("POST", "/v1/waivers", asked)]


def test_a_waiver_is_requested_for_a_customers_service_over_a_period(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/waivers"] = PERIOD
    where = ("--customer", "acme", "--service", "billing", "--from", "2026-06-01T03:30")
    output = terminal("waivers", "request", "The supplier is down", *where, *UNTIL)
    assert "WVR-4 is requested: billing of acme." in output
    asked = {
        "reason": "The supplier is down",
        "ends_at": NOON,
        "customer": "acme",
        "service": "billing",
        "starts_at": "2026-06-01T03:30:00+02:00",
    }
    assert terminal.services.requests == [("POST", "/v1/waivers", asked)]


def test_it_is_approved_or_refused_with_a_reason(terminal: Terminal) -> None:
    approved = PERIOD | DECIDED | {"state": "approved"}
    refused = WAIVER | DECIDED | {"state": "refused"}
    terminal.services.responses["POST /v1/waivers/WVR-4/approve"] = approved
    terminal.services.responses["POST /v1/waivers/WVR-3/refuse"] = refused
    output = terminal("waivers", "approve", "WVR-4")
    assert "WVR-4 is approved: billing of acme." in output
    assert "It covers breaches before Mon 01 Jun 2026 08:00:00 CEST." in output
    no = terminal("waivers", "refuse", "WVR-3", "--reason", "Call the supplier")
    assert "WVR-3 is refused: resolution of OPS-7." in no
    assert terminal.services.requests == [
        ("POST", "/v1/waivers/WVR-4/approve", {}),
        ("POST", "/v1/waivers/WVR-3/refuse", {"reason": "Call the supplier"}),
    ]


def test_an_approval_that_came_too_late_says_so(terminal: Terminal) -> None:
    """C11"""
    late = WAIVER | DECIDED | {"state": "approved", "late": True}
    terminal.services.responses["POST /v1/waivers/WVR-3/approve"] = late
    assert "too late: it is recorded, and covers nothing" in terminal("waivers", "approve", "WVR-3")


def test_whoever_asked_is_informed_that_another_decides(terminal: Terminal) -> None:
    """R2"""
    message = "Another general manager decides on what you have asked for."
    no = problem_response(403, "SELF_APPROVAL", "Not allowed", message)
    terminal.services.responses["POST /v1/waivers/WVR-3/approve"] = no
    assert terminal.fails("waivers", "approve", "WVR-3") == f"Not allowed: {message}"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--ticket", "OPS-7", "--until", "tomorrow"), "'tomorrow' is not an instant"),
        (("--until", "2026-06-01T12:00"), "Name either a --ticket, or a --customer"),
        (("--customer", "acme", "--until", "2026-06-01T12:00"), "a --customer with --from"),
        (("--ticket", "OPS-7", "--customer", "acme", "--until", "2026-06-01T12:00"), "not both"),
        (
            ("--customer", "acme", "--from", "now", "--until", "2026-06-01T12:00"),
            "'now' is not an instant",
        ),
    ],
)
def test_what_cannot_be_requested_is_reported_before_anything_is_asked(
    terminal: Terminal, words: tuple[str, ...], message: str
) -> None:
    assert message in terminal.fails("waivers", "request", "Because", *words)
    assert terminal.services.requests == []


def test_a_metric_that_the_ticket_has_not_is_reported_with_those_it_has(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(CLOCK)
    words = ("request", "Because", "--ticket", "OPS-7", "--metric", "update", *UNTIL)
    message = "OPS-7 has no update clock; it has: resolution."
    assert message in terminal.fails("waivers", *words)


def test_a_waiver_that_does_not_exist_is_reported(terminal: Terminal) -> None:
    assert "Not found" in terminal.fails("waivers", "show", "WVR-99")


UNTIL = ("--until", "2026-06-01T12:00")
NOON = "2026-06-01T12:00:00+02:00"


def _query(**asked: str) -> JSON:
    return {"limit": "200", **asked}

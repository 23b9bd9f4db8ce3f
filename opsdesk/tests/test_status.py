"""`opsdesk status` and `opsdesk forecast`."""

import pytest

from opsdesk_support.terminal import Terminal, page_of, problem_response

LINE = {
    "name": "Acme Logistics",
    "service": None,
    "rag_status": "amber",
    "tickets": 9,
    "open": 12,
    "at_risk": 3,
    "breached": 0,
    "excused": 2,
    "availability": 0.99951,
    "next_at": "2026-06-01T02:20:00Z",
}
FORECAST = {
    "ticket": "OPS-7",
    "metric": "resolution",
    "outlook": "likely_to_breach",
    "probability": 0.83,
    "expected_breach_at": "2026-06-01T02:20:00Z",
    "reasons": ["Likely to break.", "Two people are at work [of five]."],
}


def test_the_status_tells_lights_and_the_next_deadline_in_the_readers_zone(
    terminal: Terminal,
) -> None:
    """R4"""
    lines = [LINE, LINE | {"name": "Brightwater", "rag_status": "red", "availability": None}]
    status = {"at": "2026-06-01T01:00:00Z", "lines": lines}
    terminal.services.responses["GET /v1/status"] = status
    output = " ".join(terminal("status").split())
    for words in ("Promises at Mon 01 Jun 2026 03:00:00 CEST", "at risk", "BROKEN", "99.951%"):
        assert words in output


def test_the_page_of_it_is_the_consoles(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSDESK_CONSOLE_URL", "https://console")
    assert terminal("status", "--page").strip() == "https://console/status"
    assert terminal.services.requests == []


def test_forecasts_are_listed_with_their_reasons(terminal: Terminal) -> None:
    """R3"""
    terminal.services.responses["GET /v1/forecasts"] = page_of(FORECAST)
    output = " ".join(terminal("forecast", "--customer", "acme").split())
    for words in ("LIKELY TO BREAK", "83%", "Two people"):
        assert words in output
    asked = {"limit": "50", "customer": "acme"}
    assert terminal.services.requests == [("GET", "/v1/forecasts", asked)]


def test_a_tickets_forecast_is_made_anew(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/forecasts"] = page_of(FORECAST)
    output = terminal("forecast", "--ticket", "OPS-7")
    assert "breaks Mon 01 Jun 2026 04:20:00 CEST" in output
    assert "Two people are at work [of five]." in output
    assert terminal.services.requests == [("POST", "/v1/forecasts", {"ticket": "OPS-7"})]


def test_a_ticket_whose_promises_are_over_is_reported(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/forecasts"] = page_of()
    assert "OPS-7 has no promise that is still open." in terminal("forecast", "--ticket", "OPS-7")


def test_whoever_may_not_see_it_is_informed(terminal: Terminal) -> None:
    no = problem_response(403, "forbidden", "Not allowed", "This needs forecasts:read.")
    terminal.services.responses["GET /v1/forecasts"] = no
    assert terminal.fails("forecast") == "Not allowed: This needs forecasts:read."


def test_a_login_that_has_ended_is_reported_with_the_command(terminal: Terminal) -> None:
    no = problem_response(401, "unauthenticated", "Who are you?", "The token has expired.")
    terminal.services.responses["GET /v1/status"] = no
    assert "Log in again: opsdesk login anna" in terminal.fails("status")

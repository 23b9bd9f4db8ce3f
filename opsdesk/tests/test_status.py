"""`opsdesk status` and `opsdesk forecast`: how promises stand, and which ones will break."""

from opsdesk_support.terminal import Terminal, listed, problem

LINE = {
    "name": "Acme Logistics",
    "service": None,
    "light": "at_risk",
    "open": 12,
    "at_risk": 3,
    "breached": 0,
    "availability": 0.99951,
    "next_at": "2026-06-01T02:20:00Z",
}
FORECAST = {
    "ticket": "OPS-7",
    "metric": "resolution",
    "outlook": "likely",
    "probability": 0.83,
    "breaks_at": "2026-06-01T02:20:00Z",
    "reasons": ["Likely to break.", "Two people are at work [of five]."],
}


def test_the_status_tells_lights_and_the_next_deadline_in_the_readers_zone(
    terminal: Terminal,
) -> None:
    """R4"""
    lines = [LINE, LINE | {"name": "Brightwater", "light": "broken", "availability": None}]
    told = {"at": "2026-06-01T01:00:00Z", "lines": lines}
    terminal.services.answers["GET /v1/status"] = told
    said = " ".join(terminal("status").split())
    for words in ("Promises at Mon 01 Jun 2026 03:00:00 CEST", "at risk", "BROKEN", "99.951%"):
        assert words in said


def test_the_live_pages_address_keeps_the_token_behind_the_hash(terminal: Terminal) -> None:
    assert terminal("status", "--page").strip() == "http://sla/status#token=a-token"
    assert terminal.services.asked == []


def test_forecasts_are_listed_with_their_reasons(terminal: Terminal) -> None:
    """R3"""
    terminal.services.answers["GET /v1/forecasts"] = listed(FORECAST)
    said = " ".join(terminal("forecast", "--customer", "acme").split())
    for words in ("LIKELY TO BREAK", "83%", "Two people"):
        assert words in said
    asked = {"limit": "50", "customer": "acme"}
    assert terminal.services.asked == [("GET", "/v1/forecasts", asked)]


def test_a_tickets_forecast_is_made_anew(terminal: Terminal) -> None:
    terminal.services.answers["POST /v1/forecasts"] = listed(FORECAST)
    said = terminal("forecast", "--ticket", "OPS-7")
    assert "breaks Mon 01 Jun 2026 04:20:00 CEST" in said
    assert "Two people are at work [of five]." in said
    assert terminal.services.asked == [("POST", "/v1/forecasts", {"ticket": "OPS-7"})]


def test_a_ticket_whose_promises_are_over_is_said(terminal: Terminal) -> None:
    terminal.services.answers["POST /v1/forecasts"] = listed()
    assert "OPS-7 has no promise that is still open." in terminal("forecast", "--ticket", "OPS-7")


def test_whoever_may_not_see_it_is_told_so(terminal: Terminal) -> None:
    no = problem(403, "forbidden", "Not allowed", "This needs forecasts:read.")
    terminal.services.answers["GET /v1/forecasts"] = no
    assert terminal.complains("forecast") == "Not allowed: This needs forecasts:read."


def test_a_login_that_has_ended_is_said_with_the_command(terminal: Terminal) -> None:
    no = problem(401, "unauthenticated", "Who are you?", "The token has expired.")
    terminal.services.answers["GET /v1/status"] = no
    assert "Log in again: opsdesk login anna" in terminal.complains("status")

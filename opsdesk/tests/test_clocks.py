"""`opsdesk clocks`: clocks by deadline, and the explanation of a clock."""

import httpx
import pytest

from opsdesk_support.terminal import Terminal, page_of, problem_response

CLOCK = {
    "id": "0192f3a0-0000-7000-8000-000000000001",
    "ticket": "OPS-7",
    "metric": "resolution",
    "state": "running",
    "target_seconds": 14400,
    "deadline": "2026-12-24T14:30:00Z",
    "outcome": None,
}
EXPLANATION = f"/v1/clocks/{CLOCK['id']}/explanation"
BY_NIGHT = "Thu 24 Dec 2026 15:30  counted: open [Mon-Fri]"


def test_open_clocks_are_listed_in_the_readers_zone(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/clocks"] = page_of(CLOCK)
    output = " ".join(terminal("clocks", "list", "--customer", "acme").split())
    assert "Thu 24 Dec 2026 15:30:00 CET" in output
    assert "4 h" in output
    asked = {"limit": "50", "customer": "acme"}
    assert terminal.services.requests == [("GET", "/v1/clocks", asked)]


def test_the_clocks_of_a_ticket_are_listed(terminal: Terminal) -> None:
    stopped = CLOCK | {"state": "stopped", "deadline": None, "outcome": "met"}
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(stopped)
    assert "met" in terminal("clocks", "list", "--ticket", "OPS-7")


def test_a_list_that_is_cut_off_says_so(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/clocks"] = page_of(CLOCK) | {"next": "more"}
    assert "These are the 50 that are due next" in terminal("clocks", "list")


def test_a_clock_is_explained_in_the_readers_zone(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(CLOCK)
    terminal.services.responses[f"GET {EXPLANATION}"] = httpx.Response(200, text=BY_NIGHT)
    assert terminal("clocks", "explain", "OPS-7").strip() == BY_NIGHT
    assert terminal.services.requests[-1] == ("GET", EXPLANATION, {"zone": "Europe/Amsterdam"})


def test_a_clock_is_explained_in_a_zone_that_is_named(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(CLOCK)
    terminal.services.responses[f"GET {EXPLANATION}"] = httpx.Response(200, text=BY_NIGHT)
    terminal("clocks", "explain", "OPS-7", "resolution", "--zone", "Asia/Kathmandu")
    assert terminal.services.requests[-1] == ("GET", EXPLANATION, {"zone": "Asia/Kathmandu"})


def test_a_terminal_whose_zone_does_not_exist_reads_utc(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Mars/Olympus")
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(CLOCK)
    terminal.services.responses[f"GET {EXPLANATION}"] = httpx.Response(200, text=BY_NIGHT)
    terminal("clocks", "explain", "OPS-7")
    assert terminal.services.requests[-1] == ("GET", EXPLANATION, {"zone": "UTC"})


def test_a_zone_that_sla_does_not_know_is_reported_in_its_words(terminal: Terminal) -> None:
    message = "'Mars' is no IANA time zone; write it like Europe/Amsterdam"
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(CLOCK)
    terminal.services.responses[f"GET {EXPLANATION}"] = problem_response(
        422, "invalid", "Invalid", message
    )
    assert message in terminal.fails("clocks", "explain", "OPS-7", "--zone", "Mars")


def test_a_metric_that_the_ticket_has_not_is_reported_with_those_it_has(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets/OPS-7/clocks"] = page_of(CLOCK)
    message = "OPS-7 has no update clock; it has: resolution."
    assert terminal.fails("clocks", "explain", "OPS-7", "update") == message


def test_a_ticket_without_clocks_is_reported(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/tickets/OPS-8/clocks"] = page_of()
    assert "it has: none." in terminal.fails("clocks", "explain", "OPS-8")
    assert "Not found" in terminal.fails("clocks", "explain", "OPS-9")

"""`opsdesk clocks`: the promises in the order in which they break, and why one stands where it does."""

import httpx
import pytest

from opsdesk_support.terminal import Terminal, listed, problem

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
    terminal.services.answers["GET /v1/clocks"] = listed(CLOCK)
    told = " ".join(terminal("clocks", "list", "--customer", "acme").split())
    assert "Thu 24 Dec 2026 15:30:00 CET" in told
    assert "4 h" in told
    asked = {"limit": "50", "customer": "acme"}
    assert terminal.services.asked == [("GET", "/v1/clocks", asked)]


def test_the_clocks_of_a_ticket_are_listed(terminal: Terminal) -> None:
    stopped = CLOCK | {"state": "stopped", "deadline": None, "outcome": "met"}
    terminal.services.answers["GET /v1/tickets/OPS-7/clocks"] = listed(stopped)
    assert "met" in terminal("clocks", "list", "--ticket", "OPS-7")


def test_a_list_that_is_cut_off_says_so(terminal: Terminal) -> None:
    terminal.services.answers["GET /v1/clocks"] = listed(CLOCK) | {"next": "more"}
    assert "These are the first 50 to break" in terminal("clocks", "list")


def test_a_clock_is_explained_in_the_readers_zone(terminal: Terminal) -> None:
    terminal.services.answers["GET /v1/tickets/OPS-7/clocks"] = listed(CLOCK)
    terminal.services.answers[f"GET {EXPLANATION}"] = httpx.Response(200, text=BY_NIGHT)
    assert terminal("clocks", "explain", "OPS-7").strip() == BY_NIGHT
    assert terminal.services.asked[-1] == ("GET", EXPLANATION, {"zone": "Europe/Amsterdam"})


def test_a_clock_is_explained_in_a_zone_that_is_named(terminal: Terminal) -> None:
    terminal.services.answers["GET /v1/tickets/OPS-7/clocks"] = listed(CLOCK)
    terminal.services.answers[f"GET {EXPLANATION}"] = httpx.Response(200, text=BY_NIGHT)
    terminal("clocks", "explain", "OPS-7", "resolution", "--zone", "Asia/Kathmandu")
    assert terminal.services.asked[-1] == ("GET", EXPLANATION, {"zone": "Asia/Kathmandu"})


def test_a_terminal_whose_zone_does_not_exist_reads_utc(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Mars/Olympus")
    terminal.services.answers["GET /v1/tickets/OPS-7/clocks"] = listed(CLOCK)
    terminal.services.answers[f"GET {EXPLANATION}"] = httpx.Response(200, text=BY_NIGHT)
    terminal("clocks", "explain", "OPS-7")
    assert terminal.services.asked[-1] == ("GET", EXPLANATION, {"zone": "UTC"})


def test_a_zone_that_sla_does_not_know_is_said_in_its_words(terminal: Terminal) -> None:
    said = "'Mars' is no IANA time zone; write it like Europe/Amsterdam"
    terminal.services.answers["GET /v1/tickets/OPS-7/clocks"] = listed(CLOCK)
    terminal.services.answers[f"GET {EXPLANATION}"] = problem(422, "invalid", "Invalid", said)
    assert said in terminal.complains("clocks", "explain", "OPS-7", "--zone", "Mars")


def test_a_metric_that_the_ticket_has_not_is_said_with_those_it_has(terminal: Terminal) -> None:
    terminal.services.answers["GET /v1/tickets/OPS-7/clocks"] = listed(CLOCK)
    said = "OPS-7 has no update clock; it has: resolution."
    assert terminal.complains("clocks", "explain", "OPS-7", "update") == said


def test_a_ticket_without_clocks_is_said(terminal: Terminal) -> None:
    terminal.services.answers["GET /v1/tickets/OPS-8/clocks"] = listed()
    assert "it has: none." in terminal.complains("clocks", "explain", "OPS-8")
    assert "Not found" in terminal.complains("clocks", "explain", "OPS-9")

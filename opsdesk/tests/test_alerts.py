"""`opsdesk alerts` and `opsdesk alert-posts`: what a storm brought, and what nobody could read."""

from typing import Any

from opsdesk_support.terminal import Terminal, page_of

ALERT: dict[str, Any] = {
    "title": "Disk of [db-1] is full",
    "priority": "critical",
    "customer": "acme",
    "environment": "acme-prod",
    "service": None,
    "scope": "acme-prod",
    "source": "prometheus",
    "started_at": "2026-06-01T07:00:00Z",
    "ended_at": None,
    "times": 12,
}
ENDED = ALERT | {"title": "Slow", "customer": None, "environment": None, "scope": "somewhere"}
ENDED |= {"ended_at": "2026-06-01T08:00:00Z"}
POST: dict[str, Any] = {
    "id": "a1",
    "source": "prometheus",
    "monitor": "robot",
    "received_at": "2026-06-01T07:00:00Z",
    "outcome": "unreadable",
    "reason": "no_json",
    "text": "<html>\n the proxy's error page",
}


def test_the_alerts_of_a_ticket_are_listed(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/alerts"] = page_of(ALERT, ENDED)
    output = terminal("alerts", "--ticket", "7")
    for words in ("Disk of [db-1] is full", "acme acme-prod", "fires", "somewhere", "10:00", "12"):
        assert words in output
    assert terminal.services.requests == [("GET", "/v1/alerts", {"ticket": "OPS-7", "limit": "50"})]


def test_what_still_fires_is_asked_for_and_that_there_is_more_is_said(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/alerts"] = page_of(ALERT) | {"next": "c"}
    output = terminal("alerts", "--firing", "--limit", "1")
    assert "There are more than these 1, which are the newest: --limit shows more." in output
    assert terminal.services.requests == [("GET", "/v1/alerts", {"firing": "true", "limit": "1"})]


def test_posts_that_nobody_could_read_are_listed_and_shown_as_they_came(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/alert-posts"] = page_of(POST)
    terminal.services.responses["GET /v1/alert-posts/a1"] = POST
    listed = terminal("alert-posts", "list")
    assert "<html> the proxy's error page" in listed
    assert terminal.services.requests[-1][2] == {"outcome": "unreadable", "limit": "50"}
    shown = terminal("alert-posts", "show", "a1")
    assert "no_json" in shown
    assert "<html>\n the proxy's error page" in shown

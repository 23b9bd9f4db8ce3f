"""`opsdesk outages`: the requests it sends, and its output."""

import pytest

from opsdesk_support.terminal import Terminal, page_of, problem_response

OUTAGE = {
    "key": "OUT-7",
    "customer": "acme",
    "environment": "acme-prod",
    "service": "billing",
    "source": "manual",
    "started_at": "2026-06-01T07:00:00Z",
    "ended_at": "2026-06-01T08:30:00Z",
    "duration_seconds": 5400,
    "counts": True,
}
FIGURES = {
    "month": "2026-06",
    "timezone": "Europe/Amsterdam",
    "availability": 0.9924242,
    "promised": 0.99,
    "met": True,
    "agreed_seconds": 712800,
    "down_seconds": 5400,
    "excluded_seconds": 0,
    "degraded_seconds": 0,
    "budget_used": 0.757575,
    "failures": 1,
    "mttr_seconds": 5400,
    "mtbf_seconds": 707400,
    "intervals": [
        {
            "starts_at": "2026-06-01T07:00:00Z",
            "ends_at": "2026-06-01T08:30:00Z",
            "reason": "down",
            "duration_seconds": 5400,
            "agreed_seconds": 5400,
            "outages": ["OUT-7"],
            "maintenance": [],
        }
    ],
}


@pytest.fixture
def desk(terminal: Terminal) -> Terminal:
    terminal.services.responses |= {
        "GET /v1/outages": page_of(OUTAGE),
        "POST /v1/outages": OUTAGE,
        "POST /v1/outages/OUT-7/end": OUTAGE,
        "GET /v1/availability": FIGURES,
    }
    return terminal


def test_outages_are_listed_in_the_readers_zone(desk: Terminal) -> None:
    output = desk("outages", "list", "--customer", "acme", "--state", "ended")
    words = " ".join(output.split())
    assert "OUT-7" in words
    assert "1 hr 30 min" in words
    assert "CEST" in words
    query = {"limit": "50", "customer": "acme", "state": "ended"}
    assert desk.services.requests == [("GET", "/v1/outages", query)]


def test_outages_of_a_service_are_listed(desk: Terminal) -> None:
    desk("outages", "list", "--service", "billing")
    query = {"limit": "50", "service": "billing"}
    assert desk.services.requests == [("GET", "/v1/outages", query)]


def test_what_was_no_outage_after_all_is_reported_as_such(desk: Terminal) -> None:
    desk.services.responses["GET /v1/outages"] = page_of(OUTAGE | {"counts": False})
    assert "no outage" in " ".join(desk("outages", "list").split())


def test_an_outage_is_opened_and_ended_by_hand(desk: Terminal) -> None:
    """An instant without offset is meant in the reader's zone"""
    opened = desk("outages", "open", "No login", "--service", "billing", "--scope", "everybody")
    assert "OUT-7 is open: billing is down since Mon 01 Jun 2026 09:00:00 CEST." in opened
    ended = desk("outages", "end", "OUT-7", "--at", "2026-06-01T10:30", "--reason", "Restarted")
    assert "OUT-7 has ended after 1 hr 30 min." in ended
    assert desk.services.requests == [
        (
            "POST",
            "/v1/outages",
            {"reason": "No login", "service": "billing", "scope": "everybody"},
        ),
        (
            "POST",
            "/v1/outages/OUT-7/end",
            {"ended_at": "2026-06-01T10:30:00+02:00", "reason": "Restarted"},
        ),
    ]


def test_what_reaches_far_waits_for_a_second_person_who_confirms_it(desk: Terminal) -> None:
    """R1"""
    waiting = OUTAGE | {"counts": False, "corrections": [{"id": "c1", "state": "requested"}]}
    desk.services.responses["POST /v1/outages"] = waiting
    desk.services.responses["GET /v1/outages/OUT-7"] = waiting
    desk.services.responses["POST /v1/outages/OUT-7/corrections/c1/confirm"] = OUTAGE
    opened = desk("outages", "open", "No login", "--service", "billing", "--scope", "everybody")
    assert "does not count yet" in opened
    assert "counts once another person has said `outages confirm OUT-7`" in " ".join(opened.split())
    assert "OUT-7: 1 confirmed." in desk("outages", "confirm", "OUT-7")
    last = desk.services.requests[-1]
    assert last == ("POST", "/v1/outages/OUT-7/corrections/c1/confirm", {})


def test_availability_says_how_it_was_counted(desk: Terminal) -> None:
    output = desk("outages", "availability", "--customer", "acme", "--month", "2026-06")
    for words in ("99.2424%", "99.0000%", "met", "75.7575%", "OUT-7"):
        assert words in output
    query = {"customer": "acme", "month": "2026-06"}
    assert desk.services.requests == [("GET", "/v1/availability", query)]


def test_a_month_in_which_nothing_was_promised_is_reported(desk: Terminal) -> None:
    nothing = {"availability": None, "promised": None, "met": None, "budget_used": None}
    desk.services.responses["GET /v1/availability"] = FIGURES | nothing
    assert "nothing was promised" in desk("outages", "availability", "--customer", "acme")


@pytest.mark.parametrize(
    "words", [("open", "No login", "--since", "noon"), ("end", "OUT-7", "--at", "noon")]
)
def test_what_is_no_instant_is_reported_and_nothing_is_asked(
    desk: Terminal, words: tuple[str, ...]
) -> None:
    assert "'noon' is not an instant: write" in desk.fails("outages", *words)
    assert desk.services.requests == []


def test_what_sla_refuses_is_reported_in_its_words(desk: Terminal) -> None:
    message = "OUT-7 was seen by monitoring; it ends there."
    no = problem_response(409, "conflict", "This cannot be done now", message)
    desk.services.responses["POST /v1/outages/OUT-7/end"] = no
    assert message in desk.fails("outages", "end", "OUT-7")
    assert "Not found" in desk.fails("outages", "end", "OUT-8")

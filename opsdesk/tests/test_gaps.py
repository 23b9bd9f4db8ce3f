"""`opsdesk gaps`: what is not promised, and what to do about it."""

import json

from opsdesk.api_client import JSON
from opsdesk_support.terminal import Terminal, page_of

GAP: JSON = {
    "code": "PARTNER_WITHOUT_CONTRACT",
    "detail": "billing runs on hosthaven, with whom there is no contract",
    "recommendation": "make an underpinning contract (uc) with the partner",
    "owner": "gm",
    "customer": None,
    "service": "billing",
    "environment": None,
    "partner": "hosthaven",
    "agreement": None,
    "underpinning": None,
    "metric": None,
    "priority": None,
    "kind": None,
    "concerned": ["acme"],
}
NOBODYS: JSON = GAP | {"service": None, "partner": None, "code": "CALENDAR_OUTDATED"}


def test_gaps_are_listed_with_what_to_do(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/gaps"] = page_of(GAP, NOBODYS)
    output = " ".join(terminal("gaps", "--customer", "acme", "--days", "90").split())
    for words in ("PARTNER_WITHOUT_CONTRACT", "billing, hosthaven", "│ acme │", "│ gm │"):
        assert words in output
    ((_, path, query),) = terminal.services.requests
    assert (path, query["customer"], query["days"]) == ("/v1/gaps", "acme", "90")


def test_without_any_it_says_so(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/gaps"] = page_of()
    assert "There are no gaps." in terminal("gaps", "--code", "CALENDAR_OUTDATED")


def test_they_are_printed_as_json(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/gaps"] = page_of(GAP)
    printed = json.loads(terminal("gaps", "--json"))
    assert printed["items"] == [GAP]

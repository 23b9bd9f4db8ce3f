"""`opsdesk goals`: what share of the promises is kept in a month, and what is credited."""

import json

from opsdesk.api_client import JSON
from opsdesk_support.terminal import Terminal, problem_response

GOAL: JSON = {
    "agreement": "acme-standard",
    "goal": "95 % of resolutions of major tickets in time",
    "metric": "resolution",
    "priorities": ["major"],
    "service": None,
    "target": 0.95,
    "met": 41,
    "broken": 4,
    "waived": 1,
    "share": 0.9111,
    "adjusted": 0.9333,
    "state": "missed",
    "budget": None,
    "credit_percent": 5.0,
    "credit": "60.00",
    "currency": "EUR",
}
UPTIME: JSON = GOAL | {
    "goal": "99.95 % availability of billing",
    "metric": "availability",
    "met": 0,
    "broken": 0,
    "share": None,
    "state": "none",
    "credit_percent": 0.0,
    "credit": None,
    "currency": None,
}
BUDGET: JSON = {
    "expected": 40,
    "allowed": 2,
    "used": 1,
    "left": 1,
    "burn_rate": 1.25,
    "pending": 3,
    "foreseen": 0,
}
CREDIT: JSON = {
    "agreement": "acme-standard",
    "amount": "48.00",
    "uncapped": "60.00",
    "currency": "EUR",
}
ADDRESS = "/v1/customers/acme/goals"
JUNE: JSON = {
    "customer": "acme",
    "month": "2026-06",
    "goals": [GOAL, UPTIME],
    "credits": [CREDIT],
}


def test_the_goals_of_a_month_are_listed_with_what_is_credited(terminal: Terminal) -> None:
    terminal.services.responses[f"GET {ADDRESS}"] = JUNE
    output = " ".join(terminal("goals", "acme", "--month", "2026-06").split())
    for words in (
        "Goals of acme in 2026-06",
        "95 % of resolutions of major",
        "91.110%",
        "MISSED",
        "60.00 EUR (5 %)",
        "nothing came due",
        "acme-standard: 48.00 EUR are credited (60.00 before the cap).",
    ):
        assert words in output
    assert terminal.services.requests == [("GET", ADDRESS, {"month": "2026-06"})]


def test_while_the_month_runs_it_says_what_may_still_break(terminal: Terminal) -> None:
    now = GOAL | {"state": "at_risk", "budget": BUDGET, "credit": None}
    unhurried = GOAL | {"state": "on_track", "budget": BUDGET | {"burn_rate": None}}
    terminal.services.responses[f"GET {ADDRESS}"] = JUNE | {
        "goals": [now, unhurried],
        "credits": [CREDIT | {"amount": "60.00"}],
    }
    output = " ".join(terminal("goals", "acme").split())
    for words in ("at risk", "1 of 2, burn rate 1.2", "on track"):
        assert words in output
    assert "before the cap" not in output
    assert terminal.services.requests == [("GET", ADDRESS, {})]


def test_goals_as_json_are_what_the_service_answers(terminal: Terminal) -> None:
    terminal.services.responses[f"GET {ADDRESS}"] = JUNE
    assert json.loads(terminal("goals", "acme", "--json")) == JUNE


def test_a_customer_without_goals_and_one_who_does_not_exist_get_a_sentence(
    terminal: Terminal,
) -> None:
    terminal.services.responses[f"GET {ADDRESS}"] = JUNE | {"goals": [], "credits": []}
    assert "Goals of acme in 2026-06: none are agreed." in terminal("goals", "acme")
    no = problem_response(404, "not-found", "Not found", "This customer does not exist here.")
    terminal.services.responses["GET /v1/customers/acne/goals"] = no
    assert "This customer does not exist here." in terminal.fails("goals", "acne")

"""`opsdesk agreements show`: the default, conditions and goals; and what a customer does not read."""

import pytest

from opsdesk.api_client import JSON
from opsdesk_support.sla_answers import AGREEMENT
from opsdesk_support.terminal import Terminal, page_of

STEPS: list[JSON] = [{"below": 0.95, "percent": 5.0}, {"below": 0.9, "percent": 12.5}]
GOAL: JSON = {"words": "95 % of resolutions of tickets in time", "credits": STEPS, "fee": "400.00"}
FREE: JSON = {"words": "90 % of first responses to tickets in time", "credits": [], "fee": None}
WITH_GOALS: JSON = AGREEMENT | {
    "price": {"amount": "1200.00", "currency": "EUR"},
    "goals": [GOAL, FREE, GOAL | {"words": "99 % availability", "fee": None}],
    "credit_cap_percent": 15.0,
}
FOR_STAFF = ("partner", "team", "drafted_by", "published_by")
FOR_PARTIES = (*FOR_STAFF, "pinned", "approved", "countersigned")


def show(terminal: Terminal, version: JSON) -> str:
    terminal.services.responses["GET /v1/agreements/house"] = version
    return " ".join(terminal("agreements", "show", "house").split())


def test_a_version_is_shown_with_default_conditions_and_goals(terminal: Terminal) -> None:
    shown = show(terminal, WITH_GOALS)
    for words in (
        "nobody: the default of the house",
        "│ production │ any │ 8 hr",
        "1200.00 EUR",
        "95 % of resolutions of tickets in time │ 5 % below 95 %, 12.5 % below 90 % │ 400.00 EUR",
        "90 % of first responses to tickets in time │ - │ -",
        "99 % availability │ 5 % below 95 %, 12.5 % below 90 % │ the price",
        "at most 15 % of its price.",
    ):
        assert words in shown
    assert "at most its price." in show(terminal, WITH_GOALS | {"credit_cap_percent": None})
    assert "credits" not in show(terminal, AGREEMENT | {"price": None, "goals": []})


def test_conditions_that_are_seldom_named_are_a_column_where_one_is(terminal: Terminal) -> None:
    assert "gold" not in show(terminal, AGREEMENT)
    (target,) = AGREEMENT["targets"]
    gold = target | {"customer_tier": "gold", "tag": None}
    shown = show(terminal, AGREEMENT | {"targets": [gold, target]})
    assert "customers of" in shown
    assert "│ production │ any │ gold │ 8 hr" in shown


@pytest.mark.parametrize("hidden", [FOR_STAFF, FOR_PARTIES])
def test_a_customer_is_shown_what_the_answer_has(
    terminal: Terminal, hidden: tuple[str, ...]
) -> None:
    """Who has no right to a name or clause got a traceback in its place"""
    own = AGREEMENT | {"house_default": False, "customer": "acme"}
    version = {name: value for name, value in own.items() if name not in hidden}
    shown = show(terminal, version)
    assert "│ with │ acme" in shown
    assert ("approved by" in shown) == (hidden == FOR_STAFF)
    terminal.services.responses["GET /v1/agreements"] = page_of(version)
    assert "acme" in terminal("agreements", "list")

"""`opsdesk deliveries`: requests to bring a version to an environment, with their verdicts."""

from opsdesk_support.terminal import Terminal, page_of

DELIVERY = {
    "key": "DEL-3",
    "state": "refused",
    "product": "billing",
    "version": "2.4.1",
    "digest": "sha256:" + "ab" * 32,
    "environment": "acme-prod",
    "attempt": 2,
    "requested_by": "pavel",
    "requested_at": "2026-06-01T07:00:00Z",
    "approvals": [{"by": "anna", "at": "2026-06-01T08:00:00Z"}],
    "verdict": {
        "outcome": "refused",
        "decided_by": "omar",
        "at": "2026-06-01T09:00:00Z",
        "reasons": [
            {
                "code": "READINESS_MISSING",
                "criterion": "rollback-plan",
                "justification": "There is no way [back].",
            }
        ],
    },
}


def test_deliveries_are_listed_by_environment_and_state(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/deliveries"] = page_of(DELIVERY)
    output = terminal("deliveries", "list", "--environment", "acme-prod", "--state", "refused")
    assert "Mon 01 Jun 2026 09:00:00 CEST" in " ".join(output.split())
    asked = {"limit": "50", "environment": "acme-prod", "state": "refused"}
    assert terminal.services.requests == [("GET", "/v1/deliveries", asked)]


def test_a_refusal_is_shown_with_its_reasons(terminal: Terminal) -> None:
    """R6"""
    terminal.services.responses["GET /v1/deliveries/DEL-3"] = DELIVERY
    output = " ".join(terminal("deliveries", "show", "DEL-3").split())
    for words in (
        "approved by anna at Mon 01 Jun 2026 10:00:00 CEST",
        "refused by omar at Mon 01 Jun 2026 11:00:00 CEST",
        "READINESS_MISSING (rollback-plan): There is no way [back].",
    ):
        assert words in output


def test_a_delivery_without_a_verdict_shows_none(terminal: Terminal) -> None:
    waiting = DELIVERY | {"state": "in_review", "approvals": [], "verdict": None}
    terminal.services.responses["GET /v1/deliveries/DEL-3"] = waiting
    assert " by omar" not in terminal("deliveries", "show", "DEL-3")


def test_a_delivery_that_does_not_exist_is_reported(terminal: Terminal) -> None:
    assert "Not found" in terminal.fails("deliveries", "show", "DEL-4")

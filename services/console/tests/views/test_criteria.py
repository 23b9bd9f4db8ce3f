"""A delivery's criteria: which hold, which are not met, and what comes next."""

from datetime import UTC, datetime
from typing import Any

import pytest

from console.deliveries.criteria_view import criteria_of, what_comes_next
from console.deliveries.view import delivery_page
from console.language.words import WORDS
from console.upstream.part import Here, Missing, Part
from console_support.answers import page_of
from console_support.changes import ENVIRONMENT, FOLLOW_UP
from console_support.everything import CRITERIA, DELIVERY

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
REQUIREMENTS: dict[str, Any] = {
    "checks": ["regression_test"],
    "readiness": ["documentation", "rollback_plan"],
    "approvals": 2,
    "promotion": {"standard": ["staging"], "hotfix": []},
}


def reason(code: str, criterion: str) -> dict[str, Any]:
    return {"code": code, "criterion": criterion, "justification": "No.", "evidence": None}


def delivery(*reasons: dict[str, Any], outcome: str = "refused", **more: Any) -> dict[str, Any]:
    verdict = {
        "outcome": outcome,
        "reasons": list(reasons),
        "follow_ups": ["FUP-3"],
        "criteria_version": 12,
        "decided_by": "anna",
        "decided_at": "2026-03-02T08:00:00Z",
    }
    return DELIVERY | {"verdict": verdict} | more


def here(data: Any) -> Part:
    return Here(data, NOW)


def marks(found: dict[str, Any], version: int = 12) -> dict[str, str]:
    return {one.name: one.mark for one in criteria_of(REQUIREMENTS, version, found)}


def test_what_the_verdict_does_not_name_holds() -> None:
    assert marks(delivery(reason("READINESS_MISSING", "documentation"))) == {
        "regression_test": "fine",
        "documentation": "broken",
        "rollback_plan": "fine",
        "staging": "fine",
    }


def test_a_hotfix_skips_the_stage_before() -> None:
    assert "staging" not in marks(delivery(lifecycle="hotfix"))


@pytest.mark.parametrize(
    ("found", "version"),
    [(delivery(), 13), (delivery(version=None), 12), (DELIVERY, 12)],
    ids=["other criteria", "no version", "no verdict"],
)
def test_what_nobody_has_looked_at_is_not_said_to_hold(found: dict[str, Any], version: int) -> None:
    assert set(marks(found, version).values()) == {"none"}


def test_reasons_about_no_criterion_stand_in_the_verdict() -> None:
    criteria = CRITERIA | {"requirements": {"production": REQUIREMENTS}}
    found = delivery(reason("CHECK_FAILED", "regression_test"), reason("FOLLOWUP_OPEN", "FUP-3"))
    page = delivery_page(found, here(criteria), here(ENVIRONMENT), here(page_of()), "quin")
    assert [one["code"] for one in page.reasons] == ["FOLLOWUP_OPEN"]
    assert [one.name for one in page.criteria if one.mark == "broken"] == ["regression_test"]
    assert page.needed == 2


def test_next_are_the_steps_once_each_and_the_follow_ups_with_their_state() -> None:
    found = delivery(
        reason("READINESS_MISSING", "documentation"), reason("READINESS_MISSING", "rollback_plan")
    )
    following = what_comes_next(found, here(page_of(FOLLOW_UP)))
    assert following is not None
    assert following.steps == ("FOLLOWUP_OPEN", "READINESS_MISSING"), "held: first what holds it"
    assert [(one.key, one.is_confirmed) for one in following.follow_ups] == [("FUP-3", False)]
    assert not following.is_free
    confirmed = what_comes_next(found, here(page_of(FOLLOW_UP | {"state": "confirmed"})))
    assert confirmed is not None
    assert confirmed.is_free
    assert confirmed.steps == ("READINESS_MISSING",)


def test_a_held_version_is_not_sent_to_the_stage_before_which_would_refuse_it() -> None:
    found = delivery(reason("PROMOTION_SKIPPED", "staging"))
    held = what_comes_next(found, here(page_of(FOLLOW_UP)))
    assert held is not None
    assert held.steps == ("FOLLOWUP_OPEN", "PROMOTION_SKIPPED_HELD")
    assert set(held.steps) <= WORDS["next_step"].keys()
    free = what_comes_next(found, here(page_of(FOLLOW_UP | {"state": "confirmed"})))
    assert free is not None
    assert free.steps == ("PROMOTION_SKIPPED",)


def test_a_held_version_is_not_sent_to_the_stage_before_until_the_hold_is_lifted() -> None:
    skipped = delivery(reason("PROMOTION_SKIPPED", "staging"), reason("FOLLOWUP_OPEN", "FUP-3"))
    held = what_comes_next(skipped, here(page_of(FOLLOW_UP)))
    assert held is not None
    assert held.steps == ("FOLLOWUP_OPEN", "PROMOTION_SKIPPED_HELD")
    unknown = what_comes_next(skipped, Missing("delivery-gate", "silent", NOW))
    assert unknown is not None
    assert unknown.steps == held.steps, "nobody could say that it is free"
    confirmed = FOLLOW_UP | {"state": "confirmed", "blocks_delivery": False}
    free = what_comes_next(skipped, here(page_of(confirmed)))
    assert free is not None
    assert free.steps == ("PROMOTION_SKIPPED",)


def test_without_the_follow_ups_nothing_is_said_to_be_free() -> None:
    gone = Missing("delivery-gate", "silent", NOW)
    following = what_comes_next(delivery(), gone)
    assert following is not None
    assert [one.facts for one in following.follow_ups] == [None]
    assert not following.is_free


@pytest.mark.parametrize("outcome", ["accepted", "denied"])
def test_only_a_refusal_or_a_deferral_asks_for_more(outcome: str) -> None:
    assert what_comes_next(delivery(outcome=outcome), here(page_of())) is None


def test_every_reason_to_refuse_has_a_next_step() -> None:
    assert WORDS["refusal"].keys() <= WORDS["next_step"].keys()

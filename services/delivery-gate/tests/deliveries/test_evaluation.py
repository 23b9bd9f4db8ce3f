from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery_gate.criteria.domain.criteria import (
    FIRST_CRITERIA,
    READINESS,
    Check,
    CheckResult,
    check_violations,
)
from delivery_gate.criteria.domain.verdict import ReasonCode, Verdict, follow_ups_due
from delivery_gate.deliveries.domain.evaluation import EvaluationInput, evaluate
from delivery_gate.environments.domain import Debt, Drift
from delivery_gate.follow_ups.domain import FollowUp, HeldVersion
from delivery_gate.versions.domain import Reference, Version

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
BILLING = Reference("billing", "1.4.0")
READY = {item: "https://wiki.example" for item in READINESS}
PRODUCTION = FIRST_CRITERIA.requirements["production"]


def evaluate_billing(
    evaluation_input: EvaluationInput, readiness: Mapping[str, str] = READY
) -> Verdict:
    return evaluate(BILLING, readiness, "standard", evaluation_input, NINE)


def codes(verdict: Verdict) -> set[ReasonCode]:
    return {reason.code for reason in verdict.reasons}


def test_nothing_against_it_means_a_person_may_look(evaluation_input: EvaluationInput) -> None:
    assert evaluate_billing(evaluation_input).outcome == "accepted"


def test_all_shortcomings_are_named_at_once(evaluation_input: EvaluationInput) -> None:
    """G4."""
    failed = Check("regression_test", "failed", NINE, "https://ci.example/1")
    changed = replace(evaluation_input, checks=(failed,), verified_in=frozenset())
    verdict = evaluate_billing(changed, readiness={})
    assert verdict.outcome == "refused"
    assert codes(verdict) == {
        ReasonCode.CHECK_FAILED,
        ReasonCode.CHECK_ERROR,
        ReasonCode.PROMOTION_SKIPPED,
        ReasonCode.READINESS_MISSING,
    }
    missing = [r.criterion for r in verdict.reasons if r.code is ReasonCode.READINESS_MISSING]
    assert tuple(missing) == READINESS
    assert all(reason.justification for reason in verdict.reasons)


@pytest.mark.parametrize("item", READINESS)
def test_each_item_of_readiness_is_asked_for(evaluation_input: EvaluationInput, item: str) -> None:
    """R8: a blank is no proof."""
    verdict = evaluate_billing(evaluation_input, readiness=READY | {item: "  "})
    assert [(r.code, r.criterion) for r in verdict.reasons] == [
        (ReasonCode.READINESS_MISSING, item)
    ]
    assert set(follow_ups_due(verdict)) == {"documentation"}


def test_readiness_is_for_production(evaluation_input: EvaluationInput) -> None:
    """R8."""
    staging = replace(
        evaluation_input, environment=replace(evaluation_input.environment, tier="staging")
    )
    assert evaluate_billing(staging, readiness={}).outcome == "accepted"


def test_a_tier_nobody_described_is_judged_like_production(
    evaluation_input: EvaluationInput,
) -> None:
    odd = replace(
        evaluation_input, environment=replace(evaluation_input.environment, tier="development")
    )
    assert evaluate_billing(odd, readiness={}).outcome == "refused"


@pytest.mark.parametrize(
    "checks",
    [(), (Check("regression_test", "error", NINE),)],
    ids=["never reported", "error"],
)
def test_a_check_without_verdict_defers_and_opens_nothing(
    evaluation_input: EvaluationInput, checks: tuple[Check, ...]
) -> None:
    """G9."""
    verdict = evaluate_billing(replace(evaluation_input, checks=checks))
    assert (verdict.outcome, codes(verdict)) == ("deferred", {ReasonCode.CHECK_ERROR})
    assert follow_ups_due(verdict) == {}


@given(st.timedeltas(timedelta(0), timedelta(days=90)))
def test_a_check_counts_up_to_its_age_and_no_longer(age: timedelta) -> None:
    """G2: the age itself still counts."""
    limit = timedelta(days=30)
    checks = [Check(kind, "passed", NINE - age) for kind in PRODUCTION.checks]
    found = check_violations(PRODUCTION, checks, limit, NINE)
    assert bool(found) == (age > limit)


@given(st.permutations(["failed", "error", "passed"]))
def test_the_latest_run_counts_in_whatever_order_it_arrives(order: list[CheckResult]) -> None:
    at = {"failed": 1, "error": 2, "passed": 3}
    checks = [
        Check(kind, result, NINE - timedelta(hours=9 - at[result]))
        for kind in PRODUCTION.checks
        for result in order
    ]
    assert check_violations(PRODUCTION, checks, timedelta(days=1), NINE) == []


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        ("regression_test", {"retest"}),
        ("vulnerability_scan", {"investigation", "retest"}),
    ],
)
def test_failed_checks_oblige_to_their_own_work(
    evaluation_input: EvaluationInput, kind: str, work: set[str]
) -> None:
    checks = (*evaluation_input.checks, Check(kind, "failed", NINE))
    assert set(follow_ups_due(evaluate_billing(replace(evaluation_input, checks=checks)))) == work


def test_a_skipped_tier_obliges_to_a_retest(evaluation_input: EvaluationInput) -> None:
    """G7."""
    verdict = evaluate_billing(replace(evaluation_input, verified_in=frozenset()))
    assert (codes(verdict), set(follow_ups_due(verdict))) == (
        {ReasonCode.PROMOTION_SKIPPED},
        {"retest"},
    )


def test_a_hotfix_is_shorter_only_where_it_is_urgent(evaluation_input: EvaluationInput) -> None:
    """G7: and it is not absent, checks and readiness are still asked for."""
    calm = replace(evaluation_input, verified_in=frozenset())
    urgent = replace(calm, blocker_open=True)
    assert evaluate(BILLING, READY, "hotfix", calm, NINE).outcome == "refused"
    assert evaluate(BILLING, READY, "hotfix", urgent, NINE).outcome == "accepted"
    assert evaluate(BILLING, {}, "hotfix", urgent, NINE).outcome == "refused"
    assert evaluate(BILLING, READY, "standard", urgent, NINE).outcome == "refused"


@pytest.mark.parametrize("path", ["its name", "another name of the same digest"])
def test_an_open_follow_up_holds_the_version_by_any_path(
    evaluation_input: EvaluationInput, version: Version, path: str
) -> None:
    """G5."""
    name = "1.4.0" if path == "its name" else "1.3.9"
    held = HeldVersion("billing", name, version.digest)
    open_one = FollowUp(
        UUID(int=5), "FUP-5", "retest", "test it", None, "brightwater-prod", held, NINE
    )
    verdict = evaluate_billing(replace(evaluation_input, follow_ups=(open_one,)))
    assert (verdict.outcome, codes(verdict)) == ("refused", {ReasonCode.FOLLOWUP_OPEN})
    assert verdict.reasons[0].evidence == "FUP-5"
    assert follow_ups_due(verdict) == {}, "the open one carries this refusal as well"


def test_an_environment_in_debt_accepts_only_what_contains_the_change(
    evaluation_input: EvaluationInput, version: Version
) -> None:
    """R7, G8."""
    change = UUID(int=6)
    owing = replace(evaluation_input.environment, debt=Debt(change, "EMC-1", NINE, NINE))
    refused = evaluate_billing(replace(evaluation_input, environment=owing))
    assert (codes(refused), set(follow_ups_due(refused))) == (
        {ReasonCode.EMERGENCY_DEBT_OPEN},
        {"documentation"},
    )
    paying = replace(version, contains=frozenset({change}))
    assert (
        evaluate_billing(replace(evaluation_input, environment=owing, version=paying)).outcome
        == "accepted"
    )


def test_a_drifted_environment_accepts_nothing(evaluation_input: EvaluationInput) -> None:
    """G10."""
    drifted = replace(evaluation_input.environment, drift=Drift("billing", None, NINE))
    verdict = evaluate_billing(replace(evaluation_input, environment=drifted))
    assert (codes(verdict), set(follow_ups_due(verdict))) == (
        {ReasonCode.ENV_DRIFTED},
        {"investigation"},
    )


def test_one_judgement_among_delays_refuses(evaluation_input: EvaluationInput) -> None:
    verdict = evaluate_billing(replace(evaluation_input, checks=()), readiness={})
    assert verdict.outcome == "refused"


def test_one_follow_up_per_kind_names_every_reason(evaluation_input: EvaluationInput) -> None:
    work = follow_ups_due(evaluate_billing(evaluation_input, readiness={}))
    assert [reason.criterion for reason in work["documentation"]] == list(READINESS)

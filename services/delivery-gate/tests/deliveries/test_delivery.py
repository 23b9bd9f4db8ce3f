from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode, follow_ups_due
from delivery_gate.deliveries.domain.delivery import (
    RUNNING_STATES,
    WAITING_STATES,
    Delivery,
    DeliveryState,
    Evaluation,
    close_waiting,
    evaluate_delivery,
    withdraw,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import approve, refuse
from delivery_gate.deliveries.domain.rollout import fail, roll_out, start, verify
from delivery_gate.environments.domain import Debt
from delivery_gate.versions.domain import Version

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
OPS = frozenset({"ops"})
ENDED: tuple[DeliveryState, ...] = (
    "delivered",
    "refused",
    "rolled_back",
    "superseded",
    "withdrawn",
    "expired",
)
NOT_FIT = Reason(ReasonCode.READINESS_MISSING, "handover", "The rollback plan restores no data.")


def code(answer: Delivery | Evaluation | Rejection) -> ReasonCode | None:
    return ReasonCode(answer.code) if isinstance(answer, Rejection) else None


def delivery_of(answer: Delivery | Evaluation | Rejection) -> Delivery:
    assert not isinstance(answer, Rejection), answer
    return answer.delivery if isinstance(answer, Evaluation) else answer


def test_the_whole_life(
    delivering: Delivery,
    approved: Delivery,
    version: Version,
    evaluation_input: EvaluationInput,
) -> None:
    prod = evaluation_input.environment
    assert (approved.state, delivering.state) == ("approved", "delivering")
    verifying = delivery_of(roll_out(delivering, prod))
    delivered = verify(verifying, version.digest, prod, 1, NINE)
    assert isinstance(delivered, Evaluation)
    assert (delivered.delivery.state, delivered.verdict.outcome) == ("delivered", "accepted")


def test_two_different_people_approve(
    in_review: Delivery, evaluation_input: EvaluationInput
) -> None:
    """G3: one person counts once, whatever roles they hold."""
    once = delivery_of(approve(in_review, "anna", OPS, evaluation_input, NINE))
    assert once.state == "in_review"
    again = approve(once, "anna", frozenset({"tom", "qc"}), evaluation_input, NINE)
    assert code(again) is ReasonCode.ALREADY_COUNTED


def test_nobody_approves_the_own_request(
    in_review: Delivery, evaluation_input: EvaluationInput
) -> None:
    """G3."""
    answer = approve(in_review, "ci", OPS | {"tom", "gm"}, evaluation_input, NINE)
    assert code(answer) is ReasonCode.SELF_APPROVAL


def test_approving_needs_a_role(in_review: Delivery, evaluation_input: EvaluationInput) -> None:
    answer = approve(in_review, "mia", frozenset({"second_level"}), evaluation_input, NINE)
    assert code(answer) is ReasonCode.ROLE_MISSING


def test_what_was_deferred_is_not_in_review(
    delivery: Delivery, evaluation_input: EvaluationInput
) -> None:
    """G9."""
    waiting = evaluate_delivery(delivery, replace(evaluation_input, checks=()), NINE)
    assert (waiting.verdict.outcome, waiting.delivery.state) == ("deferred", "evaluating")
    assert (
        code(approve(waiting.delivery, "anna", OPS, evaluation_input, NINE))
        is ReasonCode.NOT_REVIEWABLE
    )
    assert evaluate_delivery(waiting.delivery, evaluation_input, NINE).delivery.state == "in_review"


def test_new_criteria_void_the_approvals(
    approved: Delivery, evaluation_input: EvaluationInput, version: Version
) -> None:
    """G2: and the same people may approve again, under the new ones."""
    changed = replace(evaluation_input, criteria=replace(evaluation_input.criteria, version=2))
    assert code(start(approved, "ci", version.digest, changed, NINE)) is ReasonCode.NOT_APPROVED
    once = delivery_of(approve(approved, "anna", OPS, changed, NINE))
    assert once.state == "in_review"
    twice = delivery_of(approve(once, "omar", OPS, changed, NINE))
    assert delivery_of(start(twice, "ci", version.digest, changed, NINE)).state == "delivering"


@pytest.mark.parametrize("changed", ["digest", "environment", "attempt"])
def test_approvals_bind_to_exactly_this(
    approved: Delivery, evaluation_input: EvaluationInput, version: Version, changed: str
) -> None:
    """G2: carried to another digest, environment or attempt, they count for nothing."""
    other = {
        "digest": replace(approved, digest="sha256:" + "2" * 64),
        "environment": replace(approved, environment="brightwater-prod"),
        "attempt": replace(approved, attempt=2),
    }[changed]
    assert (
        code(start(other, "ci", version.digest, evaluation_input, NINE)) is ReasonCode.NOT_APPROVED
    )


def test_everything_is_checked_again_at_the_start(
    approved: Delivery, evaluation_input: EvaluationInput, version: Version
) -> None:
    """G2."""
    owing = replace(evaluation_input.environment, debt=Debt(UUID(int=9), "EMC-9", NINE, NINE))
    refused = start(
        approved, "ci", version.digest, replace(evaluation_input, environment=owing), NINE
    )
    assert isinstance(refused, Evaluation)
    assert refused.delivery.state == "refused"
    assert [reason.code for reason in refused.verdict.reasons] == [ReasonCode.EMERGENCY_DEBT_OPEN]
    stale = start(approved, "ci", version.digest, replace(evaluation_input, checks=()), NINE)
    assert isinstance(stale, Evaluation)
    assert (stale.verdict.outcome, stale.delivery) == ("deferred", approved)


def test_what_is_rolled_out_is_what_was_approved(
    approved: Delivery, evaluation_input: EvaluationInput
) -> None:
    """G2."""
    answer = start(approved, "ci", "sha256:" + "2" * 64, evaluation_input, NINE)
    assert isinstance(answer, Evaluation)
    assert set(follow_ups_due(answer.verdict)) == {"investigation"}
    assert answer.delivery.state == "refused"


def test_a_busy_environment_defers(
    approved: Delivery, evaluation_input: EvaluationInput, version: Version
) -> None:
    """G11: nothing is wrong with the version."""
    answer = start(approved, "ci", version.digest, replace(evaluation_input, busy=True), NINE)
    assert isinstance(answer, Evaluation)
    assert (answer.verdict.outcome, answer.delivery.state) == ("deferred", "approved")
    assert [reason.code for reason in answer.verdict.reasons] == [ReasonCode.CONFLICT]


@pytest.mark.parametrize("state", sorted(WAITING_STATES))
def test_green_checks_do_not_oblige_ops(delivery: Delivery, state: DeliveryState) -> None:
    """R6, G4."""
    answer = refuse(
        replace(delivery, state=state), (NOT_FIT,), {"documentation": "Write it."}, 1, NINE
    )
    assert isinstance(answer, Evaluation)
    assert (answer.delivery.state, answer.verdict.outcome) == ("refused", "refused")


def test_a_refusal_without_argument_or_follow_up_is_none(in_review: Delivery) -> None:
    """G4."""
    silent = replace(NOT_FIT, justification=" ")
    assert (
        code(refuse(in_review, (silent,), {"retest": "x"}, 1, NINE)) is ReasonCode.REASON_REQUIRED
    )
    assert code(refuse(in_review, (), {"retest": "x"}, 1, NINE)) is ReasonCode.REASON_REQUIRED
    assert code(refuse(in_review, (NOT_FIT,), {}, 1, NINE)) is ReasonCode.FOLLOWUP_REQUIRED


def test_a_failed_verification_rolls_back_and_is_investigated(delivering: Delivery) -> None:
    """G9."""
    answer = fail(delivering, "Invoices are empty.", None, 1, NINE)
    assert isinstance(answer, Evaluation)
    assert answer.delivery.state == "rolled_back"
    assert set(follow_ups_due(answer.verdict)) == {"investigation"}
    assert code(fail(delivering, "", None, 1, NINE)) is ReasonCode.REASON_REQUIRED


def test_another_digest_running_is_a_failed_verification(
    delivering: Delivery, evaluation_input: EvaluationInput
) -> None:
    """G9."""
    answer = verify(delivering, "sha256:" + "2" * 64, evaluation_input.environment, 1, NINE)
    assert isinstance(answer, Evaluation)
    assert answer.delivery.state == "rolled_back"


@pytest.mark.parametrize("state", [*sorted(RUNNING_STATES), *ENDED])
def test_only_what_waits_can_be_taken_back_or_overtaken(
    delivery: Delivery, state: DeliveryState
) -> None:
    """G11."""
    other = replace(delivery, state=state)
    assert code(withdraw(other, NINE)) is ReasonCode.NOT_REVIEWABLE
    assert close_waiting(other, "superseded", NINE) == other


@pytest.mark.parametrize("state", sorted(WAITING_STATES))
def test_what_waits_can_be(delivery: Delivery, state: DeliveryState) -> None:
    waiting = replace(delivery, state=state)
    assert delivery_of(withdraw(waiting, NINE)).state == "withdrawn"
    assert close_waiting(waiting, "superseded", NINE).state == "superseded"
    assert close_waiting(waiting, "expired", NINE).state == "expired"


@pytest.mark.parametrize("state", ENDED)
def test_nothing_moves_what_has_ended(
    delivery: Delivery, evaluation_input: EvaluationInput, version: Version, state: DeliveryState
) -> None:
    over = replace(delivery, state=state)
    answers = [
        approve(over, "anna", OPS, evaluation_input, NINE),
        refuse(over, (NOT_FIT,), {"retest": "x"}, 1, NINE),
        start(over, "ci", version.digest, evaluation_input, NINE),
        roll_out(over, evaluation_input.environment),
        verify(over, version.digest, evaluation_input.environment, 1, NINE),
        fail(over, "x", None, 1, NINE),
        withdraw(over, NINE),
    ]
    assert {code(answer) for answer in answers} == {ReasonCode.NOT_REVIEWABLE}

"""From approval to the end: start, roll out, verify, or roll back."""

from dataclasses import replace
from datetime import datetime

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode, Verdict, build_verdict
from delivery_gate.deliveries.domain.delivery import (
    RUNNING_STATES,
    WAITING_STATES,
    Delivery,
    Evaluation,
    finish,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput, evaluate
from delivery_gate.deliveries.domain.review import valid_approvals
from delivery_gate.environments.domain import Environment, check_not_ended


def start(
    delivery: Delivery, actor: str, digest: str, evaluation_input: EvaluationInput, now: datetime
) -> Evaluation | Rejection:
    """Start an approved delivery; everything is checked again (G2).

    `digest` is what is really going to be rolled out. On a busy environment, and where a check is
    missing, the delivery is deferred and stays approved.
    """
    if delivery.state not in WAITING_STATES:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state}.",
            {"state": delivery.state},
        )
    if ended := check_not_ended(evaluation_input.environment):
        return ended
    missing = evaluation_input.requirements.approvals - len(
        valid_approvals(delivery, evaluation_input.criteria.version)
    )
    if delivery.state != "approved" or missing > 0:
        return Rejection(
            ReasonCode.NOT_APPROVED,
            f"It needs {missing} more approval(s) under the present criteria.",
            {"missing": str(missing)},
        )
    verdict = _evaluate_start(delivery, digest, evaluation_input, now)
    if verdict.outcome == "refused":
        return Evaluation(finish(delivery, "refused", now), verdict)
    if verdict.outcome == "deferred":
        return Evaluation(delivery, verdict)
    started = replace(delivery, state="delivering", started_by=actor, started_at=now)
    return Evaluation(started, verdict)


def _evaluate_start(
    delivery: Delivery, digest: str, evaluation_input: EvaluationInput, now: datetime
) -> Verdict:
    requested = replace(delivery.requested, digest=digest)
    verdict = evaluate(requested, delivery.readiness, delivery.lifecycle, evaluation_input, now)
    if not evaluation_input.busy:
        return verdict
    conflict = Reason(
        ReasonCode.CONFLICT,
        "environment",
        "Another delivery is being rolled out on this environment.",
        justification_code="environment_busy",
    )
    return build_verdict((*verdict.reasons, conflict), verdict.criteria_version, now)


def roll_out(delivery: Delivery, environment: Environment) -> Delivery | Rejection:
    """Record that the version is on the environment; its verification begins.

    On an environment that was ended meanwhile it has failed: that is recorded instead.
    """
    if delivery.state != "delivering":
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state}.",
            {"state": delivery.state},
        )
    if ended := check_not_ended(environment):
        return ended
    return replace(delivery, state="verifying")


def verify(
    delivery: Delivery,
    digest: str,
    environment: Environment,
    criteria_version: int,
    now: datetime,
) -> Evaluation | Rejection:
    """Verify that the approved digest runs. Another `digest` is a failed verification (G9).

    The delivery may still be `delivering`: some pipelines roll out and verify in one step. What was
    there before the environment was ended is still verified.
    """
    if delivery.state not in RUNNING_STATES:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state}.",
            {"state": delivery.state},
        )
    if delivery.state == "delivering" and (ended := check_not_ended(environment)):
        return ended
    if digest != delivery.digest:
        mismatch = Reason(
            ReasonCode.DIGEST_MISMATCH,
            "verification",
            f"{digest} runs, {delivery.digest} was approved.",
            justification_code="another_runs",
            parameters={"running": digest, "approved": delivery.digest or ""},
        )
        return _roll_back(delivery, (mismatch,), criteria_version, now)
    verdict = build_verdict((), criteria_version, now)
    return Evaluation(finish(delivery, "delivered", now), verdict)


def fail(
    delivery: Delivery,
    justification: str,
    evidence: str | None,
    criteria_version: int,
    now: datetime,
) -> Evaluation | Rejection:
    """Record that the verification failed: the delivery is rolled back and investigated (G9)."""
    if delivery.state not in RUNNING_STATES:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state}.",
            {"state": delivery.state},
        )
    if not justification.strip():
        return Rejection(ReasonCode.REASON_REQUIRED, "Say what failed.")
    reason = Reason(ReasonCode.VERIFICATION_FAILED, "verification", justification, evidence)
    return _roll_back(delivery, (reason,), criteria_version, now)


def _roll_back(
    delivery: Delivery,
    reasons: tuple[Reason, ...],
    criteria_version: int,
    now: datetime,
) -> Evaluation:
    verdict = build_verdict(reasons, criteria_version, now)
    return Evaluation(finish(delivery, "rolled_back", now), verdict)

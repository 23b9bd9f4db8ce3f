"""From approval to the end: start, roll out, verify, or back to the former version. Pure."""

from dataclasses import replace
from datetime import datetime

from delivery_gate.criteria.domain.verdict import Code, Reason, Rejection, Verdict, build_verdict
from delivery_gate.deliveries.domain.delivery import (
    RUNNING_STATES,
    WAITING_STATES,
    Delivery,
    Evaluation,
    finish,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput, evaluate
from delivery_gate.deliveries.domain.review import valid_approvals


def start(
    delivery: Delivery, actor: str, digest: str, evaluation_input: EvaluationInput, now: datetime
) -> Evaluation | Rejection:
    """Everything is checked again (G2); `digest` is what is really going to be rolled out.

    Busy environment: deferred, stays approved. A check without verdict: deferred likewise.
    """
    if delivery.state not in WAITING_STATES:
        return Rejection(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    missing = evaluation_input.requirements.approvals - len(
        valid_approvals(delivery, evaluation_input.criteria.version)
    )
    if delivery.state != "approved" or missing > 0:
        return Rejection(
            Code.NOT_APPROVED, f"{missing} more approval(s) under the present criteria."
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
    conflict = Reason(Code.CONFLICT, "environment", "Another delivery is running here.")
    return build_verdict((*verdict.reasons, conflict), verdict.criteria_version, now)


def roll_out(delivery: Delivery) -> Delivery | Rejection:
    """The version is on the environment; its verification begins."""
    if delivery.state != "delivering":
        return Rejection(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    return replace(delivery, state="verifying")


def verify(
    delivery: Delivery, digest: str, criteria_version: int, now: datetime
) -> Evaluation | Rejection:
    """It runs as it should, with this digest. Another digest is a failed verification (G9).

    A pipeline that rolls out and verifies in one go calls this while still delivering.
    """
    if delivery.state not in RUNNING_STATES:
        return Rejection(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    if digest != delivery.digest:
        mismatch = Reason(
            Code.DIGEST_MISMATCH,
            "verification",
            f"{digest} runs, {delivery.digest} was approved.",
        )
        return _roll_back(delivery, (mismatch,), criteria_version, now)
    verdict = build_verdict((), criteria_version, now)
    return Evaluation(finish(delivery, "delivered", now), verdict)


def fail(
    delivery: Delivery,
    argument: str,
    evidence: str | None,
    criteria_version: int,
    now: datetime,
) -> Evaluation | Rejection:
    """The verification failed: back to the former version, and an investigation (G9)."""
    if delivery.state not in RUNNING_STATES:
        return Rejection(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    if not argument.strip():
        return Rejection(Code.REASON_REQUIRED, "Say what failed.")
    reason = Reason(Code.VERIFICATION_FAILED, "verification", argument, evidence)
    return _roll_back(delivery, (reason,), criteria_version, now)


def _roll_back(
    delivery: Delivery,
    reasons: tuple[Reason, ...],
    criteria_version: int,
    now: datetime,
) -> Evaluation:
    verdict = build_verdict(reasons, criteria_version, now)
    return Evaluation(finish(delivery, "rolled_back", now), verdict)

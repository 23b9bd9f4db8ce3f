"""From approval to the end: start, roll out, verify, or back to the former version. Pure."""

from dataclasses import replace
from datetime import datetime

from delivery_gate.criteria.domain.verdict import Code, Denied, Reason, Verdict, verdict_of
from delivery_gate.deliveries.domain.delivery import RUNNING, WAITING, Delivery, Judged, ended
from delivery_gate.deliveries.domain.evaluation import Facts, judge
from delivery_gate.deliveries.domain.review import standing


def start(delivery: Delivery, by: str, digest: str, facts: Facts, now: datetime) -> Judged | Denied:
    """Everything is checked again (G2); `digest` is what is really going to be rolled out.

    Busy environment: deferred, stays approved. A check without verdict: deferred likewise.
    """
    if delivery.state not in WAITING:
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    missing = facts.demand.approvals - len(standing(delivery, facts.criteria.version))
    if delivery.state != "approved" or missing > 0:
        return Denied(Code.NOT_APPROVED, f"{missing} more approval(s) under the present criteria.")
    verdict = _judge_start(delivery, digest, facts, now)
    if verdict.outcome == "refused":
        return Judged(ended(delivery, "refused", now), verdict)
    if verdict.outcome == "deferred":
        return Judged(delivery, verdict)
    started = replace(delivery, state="delivering", started_by=by, started_at=now)
    return Judged(started, verdict)


def _judge_start(delivery: Delivery, digest: str, facts: Facts, now: datetime) -> Verdict:
    wanted = replace(delivery.wanted, digest=digest)
    verdict = judge(wanted, delivery.readiness, delivery.lifecycle, facts, now)
    if not facts.busy:
        return verdict
    conflict = Reason(Code.CONFLICT, "environment", "Another delivery is running here.")
    return verdict_of((*verdict.reasons, conflict), verdict.criteria_version, now)


def roll_out(delivery: Delivery) -> Delivery | Denied:
    """The version is on the environment; its verification begins."""
    if delivery.state != "delivering":
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    return replace(delivery, state="verifying")


def verify(
    delivery: Delivery, digest: str, criteria_version: int, now: datetime
) -> Judged | Denied:
    """It runs as it should, with this digest. Another digest is a failed verification (G9).

    A pipeline that rolls out and verifies in one go calls this while still delivering.
    """
    if delivery.state not in RUNNING:
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    if digest != delivery.digest:
        seen = Reason(
            Code.DIGEST_MISMATCH,
            "verification",
            f"{digest} runs, {delivery.digest} was approved.",
        )
        return _rolled_back(delivery, (seen,), criteria_version, now)
    verdict = verdict_of((), criteria_version, now)
    return Judged(ended(delivery, "delivered", now), verdict)


def fail(
    delivery: Delivery,
    argument: str,
    evidence: str | None,
    criteria_version: int,
    now: datetime,
) -> Judged | Denied:
    """The verification failed: back to the former version, and an investigation (G9)."""
    if delivery.state not in RUNNING:
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    if not argument.strip():
        return Denied(Code.REASON_REQUIRED, "Say what failed.")
    reason = Reason(Code.VERIFICATION_FAILED, "verification", argument, evidence)
    return _rolled_back(delivery, (reason,), criteria_version, now)


def _rolled_back(
    delivery: Delivery,
    reasons: tuple[Reason, ...],
    criteria_version: int,
    now: datetime,
) -> Judged:
    verdict = verdict_of(reasons, criteria_version, now)
    return Judged(ended(delivery, "rolled_back", now), verdict)

"""What a tier asks of a version before it may be delivered there: checks, readiness, promotion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from delivery_gate.criteria.domain.verdict import Reason, ReasonCode

CheckResult = Literal["passed", "failed", "error"]
Lifecycle = Literal["standard", "hotfix"]

READINESS = (
    "customer_communication",
    "rollback_plan",
    "stakeholder_approvals",
    "documentation",
    "knowledge_session",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One run of one kind of check on one version."""

    kind: str
    result: CheckResult
    at: datetime
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """What one tier asks. `promotion`: per lifecycle, the tiers in which the digest has to be
    verified before."""

    checks: tuple[str, ...]
    readiness: tuple[str, ...]
    approvals: int
    promotion: Mapping[Lifecycle, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Criteria:
    """One version of the criteria. A tier that is not named has the requirements of `strictest_tier`.

    `check_age` is how old a check may be, `approval_timeout` how long a request may wait.
    """

    version: int
    requirements: Mapping[str, Requirements]
    strictest_tier: str
    approver_roles: frozenset[str]
    check_age: timedelta
    approval_timeout: timedelta

    def requirements_for(self, tier: str) -> Requirements:
        """The requirements of a tier, those of `strictest_tier` where it is not named."""
        return self.requirements.get(tier, self.requirements[self.strictest_tier])


def check_violations(
    requirements: Requirements, checks: Iterable[Check], age: timedelta, now: datetime
) -> list[Reason]:
    """Why the checks are not enough; the latest run of each required kind counts (G9).

    A failed one refuses. A missing one, an error, or one older than `age` defers.
    """
    latest: dict[str, Check] = {}
    for check in sorted(checks, key=lambda check: check.at):
        latest[check.kind] = check
    violations = (
        _check_violation(kind, latest.get(kind), age, now) for kind in requirements.checks
    )
    return [reason for reason in violations if reason is not None]


def _check_violation(
    kind: str, check: Check | None, age: timedelta, now: datetime
) -> Reason | None:
    if check is None:
        return Reason(
            ReasonCode.CHECK_ERROR,
            kind,
            "This check has not reported a result.",
            justification_code="check_missing",
        )
    if check.result == "failed":
        return Reason(
            ReasonCode.CHECK_FAILED,
            kind,
            f"Failed at {check.at.isoformat()}.",
            check.evidence,
            "check_failed",
            {"failed_at": check.at.isoformat()},
        )
    if check.result == "error":
        return Reason(
            ReasonCode.CHECK_ERROR,
            kind,
            "This check ended with an error; run it again.",
            check.evidence,
            "check_errored",
        )
    if now - check.at > age:
        days = age / timedelta(days=1)
        return Reason(
            ReasonCode.CHECK_ERROR,
            kind,
            f"Older than {days:g} days; run it again.",
            justification_code="check_too_old",
            parameters={"age_span": f"{age.total_seconds():.0f}"},
        )
    return None


def readiness_violations(requirements: Requirements, readiness: Mapping[str, str]) -> list[Reason]:
    """One reason per required item for which the request names no proof (R8)."""
    missing = [item for item in requirements.readiness if not readiness.get(item, "").strip()]
    return [
        Reason(
            ReasonCode.READINESS_MISSING,
            item,
            f"The request names no proof of the {item.replace('_', ' ')}.",
            justification_code="proof_missing",
        )
        for item in missing
    ]


def promotion_violations(
    requirements: Requirements, lifecycle: Lifecycle, verified_in: frozenset[str], *, urgent: bool
) -> list[Reason]:
    """One reason per tier in which this digest should have been verified before (G7).

    The hotfix lifecycle is for an environment with an open Blocker or a debt (`urgent`);
    elsewhere it is judged as the standard one.
    """
    tiers = requirements.promotion[lifecycle if urgent else "standard"]
    return [
        Reason(
            ReasonCode.PROMOTION_SKIPPED,
            tier,
            f"This digest was never verified in {tier}.",
            justification_code="never_verified",
            parameters={"tier": tier},
        )
        for tier in tiers
        if tier not in verified_in
    ]


FIRST_CRITERIA = Criteria(
    version=1,
    requirements={
        "production": Requirements(
            checks=("regression_test", "vulnerability_scan"),
            readiness=READINESS,
            approvals=2,
            promotion={"standard": ("staging",), "hotfix": ()},
        ),
        "staging": Requirements(
            checks=("regression_test",),
            readiness=(),
            approvals=1,
            promotion={"standard": (), "hotfix": ()},
        ),
    },
    strictest_tier="production",
    approver_roles=frozenset({"ops", "tom"}),
    check_age=timedelta(days=30),
    approval_timeout=timedelta(days=30),
)

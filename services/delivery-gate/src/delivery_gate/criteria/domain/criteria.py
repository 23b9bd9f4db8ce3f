"""What a tier asks of a version before it may go there: checks, readiness, promotion. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from delivery_gate.criteria.domain.verdict import Code, Reason

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
    """What one tier asks. `promotion`: per lifecycle, the tiers to be verified in before."""

    checks: tuple[str, ...]
    readiness: tuple[str, ...]
    approvals: int
    promotion: Mapping[Lifecycle, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Criteria:
    """One version of the criteria. A tier it does not name is judged like `strictest`."""

    version: int
    requirements: Mapping[str, Requirements]
    strictest: str
    approver_roles: frozenset[str]
    check_age: timedelta
    approval_timeout: timedelta  # how long a request may wait before it expires

    def requirements_for(self, tier: str) -> Requirements:
        return self.requirements.get(tier, self.requirements[self.strictest])


def check_violations(
    requirements: Requirements, checks: Iterable[Check], age: timedelta, now: datetime
) -> list[Reason]:
    """The latest run of each kind counts. None, an error, an old one: defers, never passes (G9)."""
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
        return Reason(Code.CHECK_ERROR, kind, "This check has not reported.")
    if check.result == "failed":
        return Reason(Code.CHECK_FAILED, kind, f"Failed at {check.at.isoformat()}.", check.evidence)
    if check.result == "error":
        return Reason(Code.CHECK_ERROR, kind, "This check gave no verdict.", check.evidence)
    if now - check.at > age:
        days = age / timedelta(days=1)
        return Reason(Code.CHECK_ERROR, kind, f"Older than {days:g} days; run it again.")
    return None


def readiness_violations(requirements: Requirements, readiness: Mapping[str, str]) -> list[Reason]:
    """R8: each item is there when the request says where its proof is."""
    missing = [item for item in requirements.readiness if not readiness.get(item, "").strip()]
    return [
        Reason(Code.READINESS_MISSING, item, f"Nothing shows the {item.replace('_', ' ')}.")
        for item in missing
    ]


def promotion_violations(
    requirements: Requirements, lifecycle: Lifecycle, verified_in: frozenset[str], *, urgent: bool
) -> list[Reason]:
    """G7: the tiers this digest had to be verified in before.

    The hotfix lifecycle is for an environment with an open Blocker or a debt (`urgent`);
    elsewhere it is judged as the standard one.
    """
    path = requirements.promotion[lifecycle if urgent else "standard"]
    return [
        Reason(Code.PROMOTION_SKIPPED, tier, f"This digest was never verified in {tier}.")
        for tier in path
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
    strictest="production",
    approver_roles=frozenset({"ops", "tom"}),
    check_age=timedelta(days=30),
    approval_timeout=timedelta(days=30),
)

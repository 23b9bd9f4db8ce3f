"""Verdicts of the gate: outcome, reasons, and the follow-ups that a refusal obliges to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Outcome = Literal["accepted", "refused", "deferred", "denied"]
FollowUpKind = Literal["documentation", "investigation", "retest"]


class ReasonCode(StrEnum):
    """Every reason the gate can give. Stable: callers and reports match on them."""

    # Speaks against the version: refused, recorded, followed up.
    UNVERSIONED = "UNVERSIONED"
    MUTABLE_REFERENCE = "MUTABLE_REFERENCE"
    VERSION_UNKNOWN = "VERSION_UNKNOWN"
    DIGEST_MISMATCH = "DIGEST_MISMATCH"
    CHECK_FAILED = "CHECK_FAILED"
    READINESS_MISSING = "READINESS_MISSING"
    PROMOTION_SKIPPED = "PROMOTION_SKIPPED"
    FOLLOWUP_OPEN = "FOLLOWUP_OPEN"
    EMERGENCY_DEBT_OPEN = "EMERGENCY_DEBT_OPEN"
    ENV_DRIFTED = "ENV_DRIFTED"
    VERIFICATION_FAILED = "VERIFICATION_FAILED"
    UNAUTHORIZED_CHANGE = "UNAUTHORIZED_CHANGE"

    # Says nothing against the version: deferred, to be tried again unchanged.
    CHECK_ERROR = "CHECK_ERROR"
    FREEZE = "FREEZE"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    CONFLICT = "CONFLICT"
    KNOWLEDGE_STALE = "KNOWLEDGE_STALE"

    # Speaks against the person or the command: denied.
    VERSION_CONFLICT = "VERSION_CONFLICT"
    SELF_APPROVAL = "SELF_APPROVAL"
    ALREADY_COUNTED = "ALREADY_COUNTED"
    ROLE_MISSING = "ROLE_MISSING"
    REASON_REQUIRED = "REASON_REQUIRED"
    FOLLOWUP_REQUIRED = "FOLLOWUP_REQUIRED"
    EVIDENCE_REQUIRED = "EVIDENCE_REQUIRED"
    SELF_CONFIRMATION = "SELF_CONFIRMATION"
    NOT_APPROVED = "NOT_APPROVED"
    OVERRIDE_UNCONFIRMED = "OVERRIDE_UNCONFIRMED"
    NOT_BLOCKER = "NOT_BLOCKER"
    BLOCKER_CLOSED = "BLOCKER_CLOSED"
    BLOCKER_ELSEWHERE = "BLOCKER_ELSEWHERE"
    NOT_AUTHORIZED = "NOT_AUTHORIZED"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    NOT_REVIEWABLE = "NOT_REVIEWABLE"
    ENVIRONMENT_ENDED = "ENVIRONMENT_ENDED"


DEFERRING = frozenset(
    {
        ReasonCode.CHECK_ERROR,
        ReasonCode.FREEZE,
        ReasonCode.OUTSIDE_WINDOW,
        ReasonCode.CONFLICT,
        ReasonCode.KNOWLEDGE_STALE,
    }
)

DOCUMENTATION: tuple[FollowUpKind, ...] = ("documentation",)
INVESTIGATION: tuple[FollowUpKind, ...] = ("investigation",)
RETEST: tuple[FollowUpKind, ...] = ("retest",)

DEFAULT_FOLLOW_UPS: dict[ReasonCode, tuple[FollowUpKind, ...]] = {
    ReasonCode.UNVERSIONED: DOCUMENTATION,
    ReasonCode.MUTABLE_REFERENCE: DOCUMENTATION,
    ReasonCode.VERSION_UNKNOWN: DOCUMENTATION,
    ReasonCode.READINESS_MISSING: DOCUMENTATION,
    ReasonCode.EMERGENCY_DEBT_OPEN: DOCUMENTATION,
    ReasonCode.DIGEST_MISMATCH: INVESTIGATION,
    ReasonCode.ENV_DRIFTED: INVESTIGATION,
    ReasonCode.VERIFICATION_FAILED: INVESTIGATION,
    ReasonCode.UNAUTHORIZED_CHANGE: INVESTIGATION,
    ReasonCode.PROMOTION_SKIPPED: RETEST,
    # The version is held by open follow-ups already; they serve this refusal too.
    ReasonCode.FOLLOWUP_OPEN: (),
}
FAILED_CHECK_FOLLOW_UPS: dict[str, tuple[FollowUpKind, ...]] = {
    "signature": INVESTIGATION,
    "vulnerability_scan": INVESTIGATION + RETEST,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One violation: the criterion that is not met, why, and where the evidence is.

    `justification_code` names the gate's own sentence, and `parameters` are what it fills in; of what a person wrote
    there is none.
    """

    code: ReasonCode
    criterion: str
    justification: str
    evidence: str | None = None
    justification_code: str | None = field(default=None, compare=False)
    parameters: Mapping[str, str] = field(default_factory=dict, compare=False)

    def follow_ups(self) -> tuple[FollowUpKind, ...]:
        """The kinds of follow-up that this reason obliges to when nobody names others."""
        if self.code is ReasonCode.CHECK_FAILED:
            return FAILED_CHECK_FOLLOW_UPS.get(self.criterion, RETEST)
        return DEFAULT_FOLLOW_UPS.get(self.code, ())


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's decision at one moment. Never changed: a later decision is another verdict."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    criteria_version: int
    at: datetime

    @property
    def held_by_follow_up(self) -> bool:
        """Whether a follow-up held the version; such a request does not count as an attempt (G5)."""
        return any(reason.code is ReasonCode.FOLLOWUP_OPEN for reason in self.reasons)


def build_verdict(reasons: Iterable[Reason], criteria_version: int, at: datetime) -> Verdict:
    """The verdict for all reasons together: none accepts; one that refuses outweighs any that defer."""
    collected = tuple(reasons)
    return Verdict(_outcome(collected), collected, criteria_version, at)


def _outcome(reasons: tuple[Reason, ...]) -> Outcome:
    if not reasons:
        return "accepted"
    return "deferred" if all(reason.code in DEFERRING for reason in reasons) else "refused"


def follow_ups_due(verdict: Verdict) -> dict[FollowUpKind, tuple[Reason, ...]]:
    """The follow-ups that a refusal opens: one per kind, with every reason that asks for it."""
    due: dict[FollowUpKind, tuple[Reason, ...]] = {}
    if verdict.outcome != "refused":
        return due
    for reason in verdict.reasons:
        for kind in reason.follow_ups():
            due[kind] = (*due.get(kind, ()), reason)
    return due

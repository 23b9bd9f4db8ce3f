"""A follow-up: the work that a refusal obliges to; it holds the version until it is done (G5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import (
    FollowUpKind,
    Reason,
    ReasonCode,
    Verdict,
    follow_ups_due,
)
from delivery_gate.versions.domain import Reference

FollowUpState = Literal["open", "closed", "confirmed"]


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """The version that may not be delivered meanwhile, by name and, where known, by digest."""

    product: str
    name: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up. One that is `closed`, with evidence, still holds the version; only one that a
    second person `confirmed` no longer does. `owner`: whose work it is, None for whoever asked for
    what was refused; `due_at`: until when, None where nobody has said."""

    id: UUID
    key: str
    kind: FollowUpKind
    task: str
    delivery_id: UUID | None  # None when a drift or an emergency change opened it
    environment: str
    held: HeldVersion | None
    opened_at: datetime
    state: FollowUpState = "open"
    evidence: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    emergency_id: UUID | None = None
    owner: str | None = None
    due_at: datetime | None = None
    sequence: int = 0

    def explains(self, drift_since: datetime | None) -> bool:
        """Whether it is the investigation of this very drift, and not of an earlier one (G10)."""
        from_drift = self.delivery_id is None and self.emergency_id is None
        return from_drift and self.opened_at == drift_since


def assign(follow_up: FollowUp, owner: str, due_at: datetime | None) -> FollowUp | Rejection:
    """Give the work of an open follow-up to somebody, until an instant where one is named."""
    if follow_up.state != "open":
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This follow-up is {follow_up.state} already.",
            {"state": follow_up.state},
        )
    return replace(follow_up, owner=owner, due_at=due_at)


def close(follow_up: FollowUp, actor: str, evidence: str, at: datetime) -> FollowUp | Rejection:
    """Close an open follow-up with evidence that the work is done."""
    if follow_up.state != "open":
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This follow-up is {follow_up.state} already.",
            {"state": follow_up.state},
        )
    if not evidence.strip():
        return Rejection(ReasonCode.EVIDENCE_REQUIRED, "Name the evidence that the work is done.")
    return replace(follow_up, state="closed", evidence=evidence, closed_by=actor, closed_at=at)


def confirm(follow_up: FollowUp, actor: str, at: datetime) -> FollowUp | Rejection:
    """Confirm the evidence of a closed follow-up, as a second person."""
    if follow_up.state == "open":
        return Rejection(ReasonCode.EVIDENCE_REQUIRED, "Close this follow-up with evidence first.")
    if follow_up.state == "confirmed":
        return Rejection(ReasonCode.NOT_REVIEWABLE, "This follow-up is confirmed already.")
    if follow_up.closed_by == actor:
        return Rejection(
            ReasonCode.SELF_CONFIRMATION, "You closed it; another person has to confirm."
        )
    return replace(follow_up, state="confirmed", confirmed_by=actor, confirmed_at=at)


def reject(follow_up: FollowUp, actor: str) -> FollowUp | Rejection:
    """Reject the evidence of a closed follow-up, as a second person: the work is open again."""
    if follow_up.state != "closed":
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This follow-up is {follow_up.state}.",
            {"state": follow_up.state},
        )
    if follow_up.closed_by == actor:
        return Rejection(
            ReasonCode.SELF_CONFIRMATION, "You closed it; another person has to reject it."
        )
    return replace(follow_up, state="open", evidence=None, closed_by=None, closed_at=None)


def holds(follow_up: FollowUp, requested: Reference, digest: str | None) -> bool:
    """Whether this follow-up forbids the requested version, by its name or by its digest."""
    held = follow_up.held
    if follow_up.state == "confirmed" or held is None or held.product != requested.product:
        return False
    same_name = held.name is not None and held.name == requested.name
    return same_name or (held.digest is not None and held.digest == digest)


def hold_violations(
    follow_ups: tuple[FollowUp, ...], requested: Reference, digest: str | None
) -> list[Reason]:
    """One reason per follow-up that holds the requested version; its key is the evidence."""
    return [
        Reason(
            ReasonCode.FOLLOWUP_OPEN,
            follow_up.kind,
            f"An earlier refusal is not followed up: {follow_up.task}",
            follow_up.key,
            "follow_up_open",
            {"task": follow_up.task},
        )
        for follow_up in follow_ups
        if holds(follow_up, requested, digest)
    ]


def follow_up_work(verdict: Verdict, named: Mapping[FollowUpKind, str]) -> dict[FollowUpKind, str]:
    """The tasks, per kind, of the follow-ups that a verdict opens: those that a person named, else
    those that its reasons oblige to.

    A version that is held already opens no more of them by itself: each further request would open
    the same again. Its other reasons are in the verdict all the same.
    """
    if named:
        return dict(named)
    if verdict.held_by_follow_up:
        return {}
    return {
        kind: "; ".join(f"{reason.criterion}: {reason.justification}" for reason in reasons)
        for kind, reasons in follow_ups_due(verdict).items()
    }

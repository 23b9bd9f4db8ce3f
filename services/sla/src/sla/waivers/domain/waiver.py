"""A waiver: the general manager approves a breach before it happens (R2, C11). Pure.

It is about one clock, or about all clocks of a customer that breach within a period. States:
`requested > approved | refused | withdrawn` and `approved > revoked`; when its time is over, a
requested or approved waiver becomes `expired`. The state says what may still be done; whether a
breach is covered is decided by the instants alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from sla.clocks.domain.clock import ClockWaiver

WaiverState = Literal["requested", "approved", "refused", "withdrawn", "revoked", "expired"]
COVERING_STATES: tuple[WaiverState, ...] = ("approved", "revoked", "expired")
"""The states of a decided waiver that may cover a breach, by its instants."""

ROLE_MISSING: Final = Rejection("ROLE_MISSING", "Only a general manager decides on waivers.")
SELF_APPROVAL: Final = Rejection(
    "SELF_APPROVAL", "Another general manager decides on what you have asked for."
)
NOT_THE_REQUESTER: Final = Rejection(
    "NOT_THE_REQUESTER", "Only who has asked for it withdraws it; a general manager may refuse it."
)
ALREADY_DECIDED: Final = Rejection(
    "ALREADY_DECIDED", "This waiver is decided. Ask for another one."
)
NOT_APPROVED: Final = Rejection("NOT_APPROVED", "Only an approval that still holds can be revoked.")
PERSONAL_REJECTIONS: Final = frozenset({ROLE_MISSING, SELF_APPROVAL, NOT_THE_REQUESTER})
"""Rejections of the person who decides; the others are about the state of the waiver."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver of the clock `clock_id`, or of the clocks of a customer over a period.

    Over a period: all clocks of the customer and of `service` (None: of all services) that breach
    within `[starts_at, ends_at)`, also those that start later.
    `late`: approved too late to cover anything; it stays on record and changes nothing (C11).
    `ended_by`, `ended_at`, `end_reason`: who withdrew the request or revoked the approval, and why.
    """

    id: UUID
    key: str
    clock_id: UUID | None
    reason: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: WaiverState = "requested"
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
    late: bool = False
    customer_id: UUID | None = None
    customer: str | None = None
    service: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    @property
    def covers_until(self) -> datetime:
        """The end of the cover: a breach at this instant or later is not covered."""
        return min(self._end_candidates())

    @property
    def clock_waiver(self) -> ClockWaiver | None:
        """The waiver as the input of a clock; None for one that was not approved."""
        if self.decided_at is None or self.state not in COVERING_STATES:
            return None
        return ClockWaiver(self.id, self.decided_at, self.covers_until, self.starts_at)

    def _end_candidates(self) -> Iterator[datetime]:
        yield self.expires_at
        if self.ends_at is not None:
            yield self.ends_at
        if self.state == "revoked" and self.ended_at is not None:
            # A breach at the very instant may be on record already, as waived: it stays so.
            yield self.ended_at + timedelta.resolution


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides on a waiver and why; `at` is read after the waiver is locked."""

    actor: str
    roles: frozenset[str]
    at: datetime
    reason: str | None = None


def approve(
    waiver: Waiver, decision: Decision, deadline: datetime | None, breached_at: datetime | None
) -> Waiver | Rejection:
    """Approve a waiver, also one that has expired without a decision: that is late (C11).

    `deadline` and `breached_at` are those of the locked clock; None for a period.
    """
    rejection = _rejection(waiver, decision)
    if rejection is not None:
        return rejection
    passed = [end for end in (deadline, waiver.covers_until) if end is not None]
    late = decision.at >= min(passed) or breached_at is not None
    return _with_decision(waiver, decision, "approved", late=late)


def refuse(waiver: Waiver, decision: Decision) -> Waiver | Rejection:
    """Refuse a waiver; the breach counts."""
    rejection = _rejection(waiver, decision)
    return (
        _with_decision(waiver, decision, "refused", late=False) if rejection is None else rejection
    )


def revoke(waiver: Waiver, decision: Decision) -> Waiver | Rejection:
    """Revoke an approval: later breaches are not covered, those until now stay waived."""
    if "gm" not in decision.roles:
        return ROLE_MISSING
    return _with_end(waiver, decision, "revoked") if waiver.state == "approved" else NOT_APPROVED


def withdraw(waiver: Waiver, decision: Decision) -> Waiver | Rejection:
    """Withdraw a request; only the requester may, while nobody has decided."""
    if decision.actor != waiver.requested_by:
        return NOT_THE_REQUESTER
    return (
        _with_end(waiver, decision, "withdrawn") if waiver.state == "requested" else ALREADY_DECIDED
    )


def expire(waiver: Waiver, at: datetime) -> Waiver:
    """Return the waiver as expired once its time is over, decided or not; else unchanged."""
    is_over = at >= waiver.covers_until and waiver.state in ("requested", "approved")
    return replace(waiver, state="expired") if is_over else waiver


def _rejection(waiver: Waiver, decision: Decision) -> Rejection | None:
    if "gm" not in decision.roles:
        return ROLE_MISSING
    if decision.actor == waiver.requested_by:
        return SELF_APPROVAL
    is_undecided = waiver.state in ("requested", "expired") and waiver.decided_by is None
    return None if is_undecided else ALREADY_DECIDED


def _with_decision(waiver: Waiver, decision: Decision, state: WaiverState, *, late: bool) -> Waiver:
    return replace(
        waiver,
        state=state,
        late=late,
        decided_by=decision.actor,
        decided_at=decision.at,
        decision_reason=decision.reason,
    )


def _with_end(waiver: Waiver, decision: Decision, state: WaiverState) -> Waiver:
    return replace(
        waiver,
        state=state,
        ended_by=decision.actor,
        ended_at=decision.at,
        end_reason=decision.reason,
    )

"""The GM's prior approval of a violation: of one clock, or of a customer's over a period (R2, C11).

Pure. `requested > approved | refused | withdrawn`, and `approved > revoked`; time makes `expired` of
what is requested or approved. Whether a breach is covered is decided by instants, never by the
state: that only says what may still be done.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sla.clocks.domain.clock import ClockWaiver

WaiverState = Literal["requested", "approved", "refused", "withdrawn", "revoked", "expired"]
RejectionCode = Literal[
    "SELF_APPROVAL", "ROLE_MISSING", "ALREADY_DECIDED", "NOT_APPROVED", "NOT_THE_REQUESTER"
]
COVERING_STATES: tuple[WaiverState, ...] = ("approved", "revoked", "expired")
"""The states of a decided waiver that may cover a breach, by its instants."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Either of the clock `clock_id`, or of all clocks of the customer (and of `service`, None: of
    all services) that break within `[starts_at, ends_at)`, also of those that start later.

    `late`: approved too late to cover anything. It is kept, and changes nothing (C11).
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
        """A breach at or after it is not covered."""
        return min(self._end_candidates())

    @property
    def clock_waiver(self) -> ClockWaiver | None:
        """Its part as the input of a clock; None of one that was not approved."""
        if self.decided_at is None or self.state not in COVERING_STATES:
            return None
        return ClockWaiver(self.id, self.decided_at, self.covers_until, self.starts_at)

    def _end_candidates(self) -> Iterator[datetime]:
        yield self.expires_at
        if self.ends_at is not None:
            yield self.ends_at
        if self.state == "revoked" and self.ended_at is not None:
            yield self.ended_at


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a waiver, at the instant read after the lock was taken."""

    actor: str
    roles: frozenset[str]
    at: datetime
    reason: str | None = None


def approve(
    waiver: Waiver, decision: Decision, deadline: datetime | None, breached_at: datetime | None
) -> Waiver | RejectionCode:
    """`deadline` and `breached_at` are the clock's, as they are while its row is locked; of a period
    both are None. What has expired unanswered can still be approved: late (C11)."""
    rejection = _rejection(waiver, decision)
    if rejection is not None:
        return rejection
    passed = [end for end in (deadline, waiver.covers_until) if end is not None]
    late = decision.at >= min(passed) or breached_at is not None
    return _with_decision(waiver, decision, "approved", late=late)


def refuse(waiver: Waiver, decision: Decision) -> Waiver | RejectionCode:
    rejection = _rejection(waiver, decision)
    return (
        _with_decision(waiver, decision, "refused", late=False) if rejection is None else rejection
    )


def revoke(waiver: Waiver, decision: Decision) -> Waiver | RejectionCode:
    """From now on nothing is covered any more; what broke before stays excused."""
    if "gm" not in decision.roles:
        return "ROLE_MISSING"
    return _with_end(waiver, decision, "revoked") if waiver.state == "approved" else "NOT_APPROVED"


def withdraw(waiver: Waiver, decision: Decision) -> Waiver | RejectionCode:
    """Whoever asked for it needs it no more."""
    if decision.actor != waiver.requested_by:
        return "NOT_THE_REQUESTER"
    return (
        _with_end(waiver, decision, "withdrawn")
        if waiver.state == "requested"
        else "ALREADY_DECIDED"
    )


def expire(waiver: Waiver, at: datetime) -> Waiver:
    """Its time is over, decided or not; unchanged while it is not."""
    is_over = at >= waiver.covers_until and waiver.state in ("requested", "approved")
    return replace(waiver, state="expired") if is_over else waiver


def _rejection(waiver: Waiver, decision: Decision) -> RejectionCode | None:
    if "gm" not in decision.roles:
        return "ROLE_MISSING"
    if decision.actor == waiver.requested_by:
        return "SELF_APPROVAL"
    is_undecided = waiver.state in ("requested", "expired") and waiver.decided_by is None
    return None if is_undecided else "ALREADY_DECIDED"


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

"""The GM's prior approval of a violation (R2, C11). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

WaiverState = Literal["requested", "approved", "refused"]
Denied = Literal["SELF_APPROVAL", "ROLE_MISSING", "ALREADY_DECIDED"]


@dataclass(frozen=True, slots=True)
class Waiver:
    """`late`: approved at or after the deadline. It is kept, and changes nothing (C11)."""

    id: UUID
    key: str
    clock_id: UUID
    reason: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: WaiverState = "requested"
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a waiver, at the instant read after the clock's row was locked."""

    by: str
    roles: frozenset[str]
    at: datetime
    reason: str | None = None


def approve(
    waiver: Waiver, decision: Decision, deadline: datetime | None, broken_at: datetime | None
) -> Waiver | Denied:
    """`deadline` and `broken_at` are the clock's, as they are while its row is locked."""
    refusal = _denied(waiver, decision)
    if refusal is not None:
        return refusal
    passed = deadline is not None and decision.at >= deadline
    return _decided(waiver, decision, "approved", late=passed or broken_at is not None)


def refuse(waiver: Waiver, decision: Decision) -> Waiver | Denied:
    refusal = _denied(waiver, decision)
    return _decided(waiver, decision, "refused", late=False) if refusal is None else refusal


def _denied(waiver: Waiver, decision: Decision) -> Denied | None:
    if "gm" not in decision.roles:
        return "ROLE_MISSING"
    if decision.by == waiver.requested_by:
        return "SELF_APPROVAL"
    return None if waiver.state == "requested" else "ALREADY_DECIDED"


def _decided(waiver: Waiver, decision: Decision, state: WaiverState, *, late: bool) -> Waiver:
    return replace(
        waiver,
        state=state,
        late=late,
        decided_by=decision.by,
        decided_at=decision.at,
        decision=decision.reason,
    )

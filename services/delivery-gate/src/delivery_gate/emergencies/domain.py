"""An emergency change: the one way past a version (R7, G8). Pure.

It needs an open Blocker on this very environment and a second person.
`requested > authorized > applied > settled`; aside: `revoked`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from delivery_gate.criteria.domain.verdict import Code, Rejection
from delivery_gate.environments.domain import Environment

EmergencyState = Literal["requested", "authorized", "applied", "settled", "revoked"]
BlockerState = Literal["open", "lowered", "closed"]


@dataclass(frozen=True, slots=True)
class Blocker:
    """A ticket that is, or once was, a Blocker, as far as the gate has heard."""

    ticket_id: UUID
    key: str
    environment: str | None
    state: BlockerState


@dataclass(frozen=True, slots=True)
class EmergencyChange:
    """A change without a version, done to end a Blocker. `settled_by_version` is the delivery that paid."""

    id: UUID
    key: str
    environment: str
    ticket_id: UUID
    ticket: str
    description: str
    requested_by: str
    requested_at: datetime
    state: EmergencyState = "requested"
    authorized_by: str | None = None
    authorized_at: datetime | None = None
    applied_by: str | None = None
    applied_at: datetime | None = None
    settled_by_version: UUID | None = None
    settled_at: datetime | None = None
    revoked_at: datetime | None = None
    revocation_reason: str | None = None
    sequence: int = 0


def check_blocker(blocker: Blocker | None, environment: str) -> Rejection | None:
    """Why there is no open Blocker on this environment; None where there is one."""
    if blocker is None:
        return Rejection(Code.NOT_BLOCKER, "This ticket was never raised to blocker.")
    if blocker.environment != environment:
        where = blocker.environment or "no environment"
        return Rejection(Code.BLOCKER_ELSEWHERE, f"{blocker.key} is a Blocker on {where}.")
    if blocker.state == "closed":
        return Rejection(Code.BLOCKER_CLOSED, f"{blocker.key} is solved; deliver a version.")
    if blocker.state == "lowered":
        return Rejection(Code.NOT_BLOCKER, f"{blocker.key} is no Blocker any more.")
    return None


def request(
    requested: EmergencyChange,
    blocker: Blocker | None,
    environment: Environment,
    pending: EmergencyChange | None,
) -> EmergencyChange | Rejection:
    """Ask for it. `pending` is the environment's change that is requested or authorized, if any."""
    if not requested.description.strip():
        return Rejection(Code.REASON_REQUIRED, "Say what is going to be changed, and why.")
    if missing := check_blocker(blocker, requested.environment):
        return missing
    if environment.debt is not None:
        return _debt_rejection(environment)
    if pending is not None:
        return Rejection(Code.CONFLICT, f"{pending.key} is {pending.state} here already.")
    return requested


def authorize(
    change: EmergencyChange, actor: str, at: datetime, blocker: Blocker | None
) -> EmergencyChange | Rejection:
    """A second person takes the responsibility too."""
    if change.state != "requested":
        return Rejection(Code.NOT_REVIEWABLE, f"This emergency change is {change.state}.")
    if actor == change.requested_by:
        return Rejection(Code.SELF_APPROVAL, "You requested it; another person has to authorize.")
    if missing := check_blocker(blocker, change.environment):
        return missing
    return replace(change, state="authorized", authorized_by=actor, authorized_at=at)


def apply(
    change: EmergencyChange,
    actor: str,
    at: datetime,
    blocker: Blocker | None,
    environment: Environment,
    *,
    busy: bool,
) -> EmergencyChange | Rejection:
    """It is done on the environment now. `busy`: a delivery is running there."""
    if change.state == "requested":
        return Rejection(Code.NOT_AUTHORIZED, "A second person has to authorize this change first.")
    if change.state != "authorized":
        return Rejection(Code.NOT_REVIEWABLE, f"This emergency change is {change.state}.")
    if missing := check_blocker(blocker, change.environment):
        return missing
    if environment.debt is not None:
        return _debt_rejection(environment)
    if busy:
        return Rejection(Code.CONFLICT, "A delivery is running here; verify or fail it first.")
    return replace(change, state="applied", applied_by=actor, applied_at=at)


def with_key(change: EmergencyChange, key: str) -> EmergencyChange:
    """It was let in, so it gets the key that people will say."""
    return replace(change, key=key)


def settle(change: EmergencyChange, delivery_id: UUID, at: datetime) -> EmergencyChange:
    """A version that contains it was delivered and verified."""
    if change.state != "applied":
        return change
    return replace(change, state="settled", settled_by_version=delivery_id, settled_at=at)


def revoke(change: EmergencyChange, why: str, at: datetime) -> EmergencyChange | Rejection:
    """Take the permission back: by hand, or because the Blocker was lowered or closed."""
    if change.state not in {"requested", "authorized"}:
        return Rejection(Code.NOT_REVIEWABLE, f"This emergency change is {change.state}.")
    if not why.strip():
        return Rejection(Code.REASON_REQUIRED, "Say why it is revoked.")
    return replace(change, state="revoked", revoked_at=at, revocation_reason=why)


def _debt_rejection(environment: Environment) -> Rejection:
    owed = environment.debt.change if environment.debt else None
    return Rejection(
        Code.EMERGENCY_DEBT_OPEN,
        f"{environment.key} still owes a version with {owed}; deliver that first.",
    )

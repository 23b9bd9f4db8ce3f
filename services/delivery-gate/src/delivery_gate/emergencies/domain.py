"""An emergency change: the one way past a version (R7, G8). Pure.

It needs an open Blocker on this very environment and a second person.
`requested > authorized > applied > settled`; aside: `revoked`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from delivery_gate.criteria.domain.verdict import Code, Denied
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
    """A change without a version, done to end a Blocker. `settled_by` is the delivery that paid."""

    id: UUID
    key: str
    environment: str
    ticket_id: UUID
    ticket: str
    what: str
    requested_by: str
    requested_at: datetime
    state: EmergencyState = "requested"
    authorized_by: str | None = None
    authorized_at: datetime | None = None
    applied_by: str | None = None
    applied_at: datetime | None = None
    settled_by: UUID | None = None
    settled_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_why: str | None = None
    sequence: int = 0


def blocker_missing(blocker: Blocker | None, environment: str) -> Denied | None:
    """Why there is no open Blocker on this environment; None where there is one."""
    if blocker is None:
        return Denied(Code.NOT_BLOCKER, "This ticket was never raised to blocker.")
    if blocker.environment != environment:
        where = blocker.environment or "no environment"
        return Denied(Code.BLOCKER_ELSEWHERE, f"{blocker.key} is a Blocker on {where}.")
    if blocker.state == "closed":
        return Denied(Code.BLOCKER_CLOSED, f"{blocker.key} is solved; deliver a version.")
    if blocker.state == "lowered":
        return Denied(Code.NOT_BLOCKER, f"{blocker.key} is no Blocker any more.")
    return None


def request(
    wanted: EmergencyChange,
    blocker: Blocker | None,
    environment: Environment,
    pending: EmergencyChange | None,
) -> EmergencyChange | Denied:
    """Ask for it. `pending` is the environment's change that is requested or authorized, if any."""
    if not wanted.what.strip():
        return Denied(Code.REASON_REQUIRED, "Say what is going to be changed, and why.")
    if missing := blocker_missing(blocker, wanted.environment):
        return missing
    if environment.debt is not None:
        return _second(environment)
    if pending is not None:
        return Denied(Code.CONFLICT, f"{pending.key} is {pending.state} here already.")
    return wanted


def authorize(
    change: EmergencyChange, by: str, at: datetime, blocker: Blocker | None
) -> EmergencyChange | Denied:
    """A second person takes the responsibility too."""
    if change.state != "requested":
        return Denied(Code.NOT_REVIEWABLE, f"This emergency change is {change.state}.")
    if by == change.requested_by:
        return Denied(Code.SELF_APPROVAL, "You requested it; another person has to authorize.")
    if missing := blocker_missing(blocker, change.environment):
        return missing
    return replace(change, state="authorized", authorized_by=by, authorized_at=at)


def apply(
    change: EmergencyChange,
    by: str,
    at: datetime,
    blocker: Blocker | None,
    environment: Environment,
    *,
    busy: bool,
) -> EmergencyChange | Denied:
    """It is done on the environment now. `busy`: a delivery is running there."""
    if change.state == "requested":
        return Denied(Code.NOT_AUTHORIZED, "A second person has to authorize this change first.")
    if change.state != "authorized":
        return Denied(Code.NOT_REVIEWABLE, f"This emergency change is {change.state}.")
    if missing := blocker_missing(blocker, change.environment):
        return missing
    if environment.debt is not None:
        return _second(environment)
    if busy:
        return Denied(Code.CONFLICT, "A delivery is running here; verify or fail it first.")
    return replace(change, state="applied", applied_by=by, applied_at=at)


def name(change: EmergencyChange, key: str) -> EmergencyChange:
    """It was let in, so it gets the key that people will say."""
    return replace(change, key=key)


def settle(change: EmergencyChange, delivery_id: UUID, at: datetime) -> EmergencyChange:
    """A version that contains it was delivered and verified."""
    if change.state != "applied":
        return change
    return replace(change, state="settled", settled_by=delivery_id, settled_at=at)


def revoke(change: EmergencyChange, why: str, at: datetime) -> EmergencyChange | Denied:
    """Take the permission back: by hand, or because the Blocker was lowered or closed."""
    if change.state not in {"requested", "authorized"}:
        return Denied(Code.NOT_REVIEWABLE, f"This emergency change is {change.state}.")
    if not why.strip():
        return Denied(Code.REASON_REQUIRED, "Say why it is revoked.")
    return replace(change, state="revoked", revoked_at=at, revoked_why=why)


def _second(environment: Environment) -> Denied:
    owed = environment.debt.change if environment.debt else None
    return Denied(
        Code.EMERGENCY_DEBT_OPEN,
        f"{environment.key} still owes a version with {owed}; deliver that first.",
    )

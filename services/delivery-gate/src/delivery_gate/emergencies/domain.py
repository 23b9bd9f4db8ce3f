"""An emergency change: the one change that needs no version (R7, G8).

It needs an open Blocker on this very environment and a second person.
`requested > authorized > applied > settled`; instead of `applied`: `revoked`; instead of `settled`: `lapsed`,
where the environment was ended first.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import ReasonCode
from delivery_gate.environments.domain import Environment, check_not_ended

EmergencyState = Literal["requested", "authorized", "applied", "settled", "lapsed", "revoked"]
BlockerState = Literal["open", "lowered", "closed"]


@dataclass(frozen=True, slots=True)
class Blocker:
    """A ticket that is, or once was, a Blocker, as intake's events say.

    A contact's is `confirmed` once first level has looked at it.
    """

    ticket_id: UUID
    key: str
    environment: str | None
    state: BlockerState
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class EmergencyChange:
    """A change without a version, made to end a Blocker.

    `settled_by_delivery` is the id of the delivery that brought a version with this change.
    `blocker_ended_at`: heard after the change was applied, an instant before it (G8).
    """

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
    settled_by_delivery: UUID | None = None
    settled_at: datetime | None = None
    lapsed_at: datetime | None = None
    revoked_at: datetime | None = None
    revocation_reason: str | None = None
    blocker_ended_at: datetime | None = None
    sequence: int = 0

    @property
    def without_blocker(self) -> bool:
        """Whether the Blocker had ended already when the change was applied (G8)."""
        return self.blocker_ended_at is not None


def check_blocker(blocker: Blocker | None, environment: str) -> Rejection | None:
    """Why there is no open Blocker on this environment; None where there is one."""
    if blocker is None:
        return Rejection(ReasonCode.NOT_BLOCKER, "This ticket was never raised to blocker.")
    if blocker.environment != environment:
        where = blocker.environment or "no environment"
        return Rejection(ReasonCode.BLOCKER_ELSEWHERE, f"{blocker.key} is a Blocker on {where}.")
    if blocker.state == "closed":
        return Rejection(
            ReasonCode.BLOCKER_CLOSED, f"{blocker.key} is resolved; deliver a version instead."
        )
    if blocker.state == "lowered":
        return Rejection(ReasonCode.NOT_BLOCKER, f"{blocker.key} is no longer a Blocker.")
    if not blocker.confirmed:
        return Rejection(
            ReasonCode.NOT_BLOCKER,
            f"{blocker.key} is not confirmed: first level confirms the Blocker on the ticket first.",
        )
    return None


def _check_current_blocker(
    blocker: Blocker | None, environment: str, *, is_current: bool
) -> Rejection | None:
    """Why the change may not go on; deferred where the gate may not have heard everything."""
    if not is_current:
        return Rejection(
            ReasonCode.KNOWLEDGE_STALE,
            "The gate has not heard everything about this ticket yet, so the Blocker may have ended. Send the same request again in a few seconds, with a new Idempotency-Key.",
        )
    return check_blocker(blocker, environment)


def request(
    requested: EmergencyChange,
    blocker: Blocker | None,
    environment: Environment,
    pending: EmergencyChange | None,
) -> EmergencyChange | Rejection:
    """Request a change. `pending` is the one already requested or authorized on the environment."""
    if not requested.description.strip():
        return Rejection(
            ReasonCode.REASON_REQUIRED, "Describe what is going to be changed, and why."
        )
    if missing := check_blocker(blocker, requested.environment):
        return missing
    if environment.debt is not None:
        return _debt_rejection(environment)
    if pending is not None:
        return Rejection(
            ReasonCode.CONFLICT, f"{pending.key} is {pending.state} on this environment already."
        )
    return requested


def authorize(
    change: EmergencyChange,
    actor: str,
    at: datetime,
    blocker: Blocker | None,
    environment: Environment,
    *,
    is_current: bool,
) -> EmergencyChange | Rejection:
    """Authorize a requested change, as a second person.

    `is_current`: everything that was sent about the Blocker until now is known (G8).
    """
    if change.state != "requested":
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This emergency change is {change.state}.",
            {"state": change.state},
        )
    if actor == change.requested_by:
        return Rejection(
            ReasonCode.SELF_APPROVAL, "You requested it; another person has to authorize."
        )
    if ended := check_not_ended(environment):
        return ended
    if missing := _check_current_blocker(blocker, change.environment, is_current=is_current):
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
    is_current: bool,
) -> EmergencyChange | Rejection:
    """Apply an authorized change. `busy`: a delivery is being rolled out on the environment;
    `is_current` as for `authorize`."""
    if change.state == "requested":
        return Rejection(
            ReasonCode.NOT_AUTHORIZED, "A second person has to authorize this change first."
        )
    if change.state != "authorized":
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This emergency change is {change.state}.",
            {"state": change.state},
        )
    if ended := check_not_ended(environment):
        return ended
    if missing := _check_current_blocker(blocker, change.environment, is_current=is_current):
        return missing
    if environment.debt is not None:
        return _debt_rejection(environment)
    if busy:
        return Rejection(
            ReasonCode.CONFLICT, "A delivery is running here; verify or fail it first."
        )
    return replace(change, state="applied", applied_by=actor, applied_at=at)


def with_key(change: EmergencyChange, key: str) -> EmergencyChange:
    """The change with its key, which only a request that was not denied gets."""
    return replace(change, key=key)


def settle(change: EmergencyChange, delivery_id: UUID, at: datetime) -> EmergencyChange:
    """Settle an applied change: a version that contains it was delivered and verified."""
    if change.state != "applied":
        return change
    return replace(change, state="settled", settled_by_delivery=delivery_id, settled_at=at)


def lapse(change: EmergencyChange, at: datetime) -> EmergencyChange:
    """The applied change whose environment was ended: no version with it is delivered there any more."""
    if change.state != "applied":
        return change
    return replace(change, state="lapsed", lapsed_at=at)


def revoke(change: EmergencyChange, why: str, at: datetime) -> EmergencyChange | Rejection:
    """Revoke a change that is not applied yet: by hand, or because the Blocker was lifted."""
    if change.state not in {"requested", "authorized"}:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This emergency change is {change.state}.",
            {"state": change.state},
        )
    if not why.strip():
        return Rejection(ReasonCode.REASON_REQUIRED, "Say why it is revoked.")
    return replace(change, state="revoked", revoked_at=at, revocation_reason=why)


def mark_without_blocker(change: EmergencyChange, ended_at: datetime) -> EmergencyChange:
    """The change after its Blocker is heard to have ended at `ended_at`, marked if that was before it
    was applied. Unchanged where it was not applied, or at that very instant or earlier (G8)."""
    if change.without_blocker or change.applied_at is None or ended_at >= change.applied_at:
        return change
    return replace(change, blocker_ended_at=ended_at)


def withdraw_mark(
    change: EmergencyChange, blocker: Blocker, raised_at: datetime
) -> EmergencyChange:
    """The change after its Blocker is heard to have been raised again: no longer marked if that was
    before it was applied, on its environment. Events of a ticket are heard in their order."""
    if not change.without_blocker or change.applied_at is None or raised_at > change.applied_at:
        return change
    here = blocker.environment == change.environment
    return replace(change, blocker_ended_at=None) if here else change


def _debt_rejection(environment: Environment) -> Rejection:
    owed = environment.debt.change if environment.debt else None
    return Rejection(
        ReasonCode.EMERGENCY_DEBT_OPEN,
        f"{environment.key} still owes a version with {owed}; deliver that first.",
    )

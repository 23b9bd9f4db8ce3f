"""An access request, from asking to the access being gone again. Pure.

Who asks, who approves, who gives it and who verifies that are different people where it matters: nobody
approves what they asked for or get, and nobody verifies what they did themselves (R1).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection

Decision = Literal["approved", "declined"]
OwedRemoval = Literal["left", "expired", "asked"]
AccessState = Literal[
    "requested", "approved", "declined", "granted", "active", "removal_owed", "removed", "ended"
]

RECERTIFY_AFTER: Final = timedelta(days=90)
"""How long an access is kept before somebody has to say again that it is needed."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One access of one person; `key` is ACC-17, people are `sub`s, a contact is `contact/<id>`.

    `person` gets it; `resource` and `level` say what; `until` is its last day. `has_left`: whoever has it
    was ended in the directory.
    """

    id: UUID
    key: str
    person: str
    environment: str | None
    resource: str
    level: str
    reason: str
    until: date
    requested_by: str
    requested_at: datetime
    decision: Decision | None = None
    decision_reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    granted_by: str | None = None
    granted_at: datetime | None = None
    grant_verified_by: str | None = None
    grant_verified_at: datetime | None = None
    recertified_by: str | None = None
    recertified_at: datetime | None = None
    removal_asked_by: str | None = None
    removal_asked_at: datetime | None = None
    removal_reason: str | None = None
    removed_by: str | None = None
    removed_at: datetime | None = None
    removal_verified_by: str | None = None
    removal_verified_at: datetime | None = None
    has_left: bool = False

    def owed_removal(self, today: date) -> OwedRemoval | None:
        """Why the access has to be taken away; None where it need not be, or is gone."""
        if self.granted_at is None or self.removed_at is not None:
            return None
        if self.has_left:
            return "left"
        if self.until < today:
            return "expired"
        return "asked" if self.removal_asked_at is not None else None

    def is_recertification_due(self, at: datetime) -> bool:
        """Whether nobody has said for long that it is still needed."""
        if self.granted_at is None or self.removed_at is not None:
            return False
        return (self.recertified_at or self.granted_at) + RECERTIFY_AFTER <= at

    def state(self, today: date) -> AccessState:
        """Where it stands; `ended` is removed and verified."""
        if self.removal_verified_at is not None:
            return "ended"
        if self.removed_at is not None:
            return "removed"
        if self.granted_at is None:
            return self.decision or "requested"
        if self.owed_removal(today) is not None:
            return "removal_owed"
        return "granted" if self.grant_verified_at is None else "active"


def decide(
    access: AccessRequest,
    decision: Decision,
    reason: str | None,
    actor: str,
    at: datetime,
) -> AccessRequest | Rejection:
    """Approve or decline it, as somebody who neither asked for it nor gets it (R1)."""
    if access.decision is not None:
        return Rejection("ALREADY_DECIDED", f"{access.key} was {access.decision} already.")
    if actor in {access.requested_by, access.person}:
        return Rejection(
            "FOUR_EYES", f"{actor} asked for {access.key} or gets it; another person must decide."
        )
    return replace(
        access, decision=decision, decision_reason=reason, decided_by=actor, decided_at=at
    )


def grant(access: AccessRequest, actor: str, at: datetime) -> AccessRequest | Rejection:
    """Record that the access was given; another person verifies that."""
    if access.decision != "approved":
        return Rejection("NOT_APPROVED", f"{access.key} is not approved. Wait for that first.")
    if access.granted_at is not None:
        return Rejection("ALREADY_GRANTED", f"{access.granted_by} has given {access.key} already.")
    if access.has_left or access.until < at.date():
        return Rejection(
            "NO_LONGER_VALID", f"{access.key} has expired, or its person has left. Ask for it anew."
        )
    return replace(access, granted_by=actor, granted_at=at)


def verify_grant(access: AccessRequest, actor: str, at: datetime) -> AccessRequest | Rejection:
    """Verify that what was given is what was approved, and no more (R1)."""
    if access.granted_at is None:
        return Rejection("NOT_GRANTED", f"{access.key} was not given yet.")
    if access.grant_verified_at is not None:
        return Rejection("ALREADY_VERIFIED", f"{access.grant_verified_by} has verified it already.")
    if actor == access.granted_by:
        return Rejection("FOUR_EYES", f"{actor} gave {access.key}; another person must verify it.")
    return replace(access, grant_verified_by=actor, grant_verified_at=at)


def recertify(
    access: AccessRequest, actor: str, at: datetime, today: date
) -> AccessRequest | Rejection:
    """Say that the access is still needed, as somebody else than who has it."""
    if access.granted_at is None or access.removed_at is not None:
        return Rejection("NOT_GRANTED", f"Nobody has {access.key}, so it needs no recertification.")
    if (owed := access.owed_removal(today)) is not None:
        return Rejection(
            "REMOVAL_OWED",
            f"{access.key} is to be removed ({owed}). Remove it; ask anew if needed.",
        )
    if actor == access.person:
        return Rejection("FOUR_EYES", f"{actor} has {access.key}; another person must say so.")
    return replace(access, recertified_by=actor, recertified_at=at)


def ask_removal(
    access: AccessRequest, reason: str, actor: str, at: datetime
) -> AccessRequest | Rejection:
    """Ask that the access is taken away before its last day."""
    if access.granted_at is None or access.removed_at is not None:
        return Rejection("NOT_GRANTED", f"Nobody has {access.key}.")
    return replace(access, removal_asked_by=actor, removal_asked_at=at, removal_reason=reason)


def remove(access: AccessRequest, actor: str, at: datetime) -> AccessRequest | Rejection:
    """Record that the access was taken away; another person verifies that."""
    if access.granted_at is None or access.removed_at is not None:
        return Rejection("NOT_GRANTED", f"Nobody has {access.key}.")
    return replace(access, removed_by=actor, removed_at=at)


def verify_removal(access: AccessRequest, actor: str, at: datetime) -> AccessRequest | Rejection:
    """Verify that the access is gone (R1)."""
    if access.removed_at is None:
        return Rejection("NOT_REMOVED", f"{access.key} was not removed yet.")
    if access.removal_verified_at is not None:
        return Rejection(
            "ALREADY_VERIFIED", f"{access.removal_verified_by} has verified it already."
        )
    if actor == access.removed_by:
        return Rejection(
            "FOUR_EYES", f"{actor} removed {access.key}; another person must verify it."
        )
    return replace(access, removal_verified_by=actor, removal_verified_at=at)

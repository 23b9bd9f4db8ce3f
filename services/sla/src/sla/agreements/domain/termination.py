"""The end of an agreement: requested by one person, confirmed by another (C10). Pure.

It cancels open clocks and so could hide a breach, which takes two people, whatever their roles (R1).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from common.domain import Rejection
from sla.agreements.domain.lifecycle import Signature

NOT_REQUESTED: Final = Rejection("NOT_REQUESTED", "Nobody has asked for the end of this agreement.")
OVER: Final = Rejection("ALREADY_TERMINATED", "This agreement was terminated already.")
SELF_APPROVAL: Final = Rejection(
    "SELF_APPROVAL", "Somebody else than the person who asked confirms it."
)


@dataclass(frozen=True, slots=True)
class Termination:
    """A requested end; `reason` is the requester's. Once `confirmed`, the agreement is over."""

    requested: Signature
    reason: str
    confirmed: Signature | None = None


def request_end(
    termination: Termination | None, actor: str, reason: str, at: datetime
) -> Termination | Rejection:
    """Request the end. Replaces an earlier request that is not confirmed yet."""
    if termination is not None and termination.confirmed is not None:
        return OVER
    return Termination(Signature(actor, at), reason)


def confirm_end(
    termination: Termination | None, actor: str, at: datetime
) -> Termination | Rejection:
    """Confirm the requested end, by another person than the requester."""
    if termination is None:
        return NOT_REQUESTED
    if termination.confirmed is not None:
        return OVER
    if termination.requested.by == actor:
        return SELF_APPROVAL
    return replace(termination, confirmed=Signature(actor, at))


def withdraw_end(termination: Termination | None) -> Termination | Rejection:
    """The requested end that may be withdrawn: it is not confirmed yet."""
    if termination is None:
        return NOT_REQUESTED
    return OVER if termination.confirmed is not None else termination

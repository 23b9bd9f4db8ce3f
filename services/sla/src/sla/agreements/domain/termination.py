"""The end of an agreement: asked for by one person, confirmed by another (C10). Pure.

It cancels open clocks, and so could hide a breach: that takes two people, whatever their roles (R1).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sla.agreements.domain.lifecycle import Signature

RejectionCode = Literal["NOT_REQUESTED", "ALREADY_TERMINATED", "SELF_APPROVAL"]


@dataclass(frozen=True, slots=True)
class Termination:
    """`reason` is the asker's; `done` ends the agreement."""

    requested: Signature
    reason: str
    confirmed: Signature | None = None


def request_end(
    termination: Termination | None, actor: str, reason: str, at: datetime
) -> Termination | RejectionCode:
    """The last one to ask is the one who asks."""
    if termination is not None and termination.confirmed is not None:
        return "ALREADY_TERMINATED"
    return Termination(Signature(actor, at), reason)


def confirm_end(
    termination: Termination | None, actor: str, at: datetime
) -> Termination | RejectionCode:
    if termination is None:
        return "NOT_REQUESTED"
    if termination.confirmed is not None:
        return "ALREADY_TERMINATED"
    if termination.requested.by == actor:
        return "SELF_APPROVAL"
    return replace(termination, confirmed=Signature(actor, at))

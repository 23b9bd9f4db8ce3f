"""The end of an agreement: asked for by one person, confirmed by another (C10). Pure.

It cancels open clocks, and so could hide a breach: that takes two people, whatever their roles (R1).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sla.agreements.domain.lifecycle import Signature

Denied = Literal["NOT_ASKED", "OVER", "SELF_APPROVAL"]


@dataclass(frozen=True, slots=True)
class Ending:
    """`reason` is the asker's; `done` ends the agreement."""

    asked: Signature
    reason: str
    done: Signature | None = None


def ask(ending: Ending | None, by: str, reason: str, at: datetime) -> Ending | Denied:
    """The last one to ask is the one who asks."""
    if ending is not None and ending.done is not None:
        return "OVER"
    return Ending(Signature(by, at), reason)


def confirm(ending: Ending | None, by: str, at: datetime) -> Ending | Denied:
    if ending is None:
        return "NOT_ASKED"
    if ending.done is not None:
        return "OVER"
    if ending.asked.by == by:
        return "SELF_APPROVAL"
    return replace(ending, done=Signature(by, at))

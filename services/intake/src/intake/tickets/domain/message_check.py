"""What the check of a message of ours means for sending it (R11). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from common.wording import Finding

Purpose = Literal[
    "reply", "workaround", "question", "resolution", "estimate", "hand_over", "partner"
]
LETTERS: Final = frozenset({"reply", "workaround", "question", "partner"})
"""Texts that go out as they are, so that they need a greeting and a closing."""
FOR_PARTNERS: Final = frozenset({"hand_over", "partner"})
"""Texts that a partner reads, and no customer: our notes may stand in them, other customers may not."""
CheckMode = Literal["advise", "require"]
FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """What was found in a message that was sent all the same, by whom, and why."""

    id: UUID
    ticket_id: UUID
    message_id: UUID | None
    purpose: Purpose
    codes: tuple[str, ...]
    sent_by: str
    sent_at: datetime
    overrule_reason: str | None


def decide(
    findings: Sequence[Finding], overrule_reason: str | None, mode: CheckMode
) -> Rejection | None:
    """A rejection where the message may not leave, else None.

    Hard findings always stop it. Soft ones do where the installation requires that they are
    overruled (`require`), unless somebody says why.
    """
    if any(one.is_hard for one in findings):
        return Rejection("MESSAGE_CHECK", "Correct what is marked as hard, and send it again.")
    if findings and mode == "require" and overrule_reason is None:
        return Rejection(
            "MESSAGE_CHECK",
            "Correct what is in `findings`, or send it again with `overrule_reason`.",
        )
    return None

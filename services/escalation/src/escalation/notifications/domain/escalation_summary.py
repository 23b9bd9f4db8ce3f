"""What a notification needs to know of the escalation that it is about. Pure."""

from dataclasses import dataclass

from escalation.policies.domain.trigger import Trigger


@dataclass(frozen=True, slots=True)
class EscalationSummary:
    """`key` is ESC-17; `closing_reason` says why it ended, and is None while it runs.

    `items` are the lines of a digest, none for any other case.
    """

    key: str
    trigger: Trigger
    closing_reason: str | None = None
    items: tuple[str, ...] = ()

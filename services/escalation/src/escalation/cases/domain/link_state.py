"""What a link that acknowledges is good for at a moment (E5). Pure."""

from datetime import datetime
from typing import Literal

from escalation.cases.domain.lifecycle import EscalationState
from escalation.policies.domain.policy import Policy

LinkState = Literal["open", "acknowledged", "used", "over", "expired", "refused"]
"""`open`: it takes the case. `acknowledged`: somebody has. `used`: it did so before, and the case is open again.
`refused`: its person has left, or may not acknowledge any more."""


def find_link_state(
    case: EscalationState,
    policy: Policy,
    person: str,
    *,
    may_acknowledge: bool,
    used_at: datetime | None,
    valid_until: datetime,
    at: datetime,
) -> LinkState:
    """What the link of `person` is good for at `at`. One that has ended says nothing about the case."""
    if not may_acknowledge:
        return "refused"
    if at >= valid_until:
        return "expired"
    if case.status == "resolved":
        return "over"
    if _is_acknowledged(case, policy, person):
        return "acknowledged"
    return "open" if used_at is None else "used"


def _is_acknowledged(case: EscalationState, policy: Policy, person: str) -> bool:
    """Whether another acknowledgement by this person would change nothing."""
    if policy.acknowledge == "each":
        return person in case.acknowledged_by
    return case.status == "acknowledged"

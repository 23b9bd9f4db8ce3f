"""A case: the state of an escalation with its cause, its policy and its length of timeline. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from escalation.cases.domain.lifecycle import EscalationState
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.trigger import Audience, Trigger


@dataclass(frozen=True, slots=True)
class Case:
    """`key` is ESC-17; `sequence` is the number of the last entry of its timeline."""

    key: str
    sequence: int
    opened_at: datetime
    trigger: Trigger
    policy: Policy
    state: EscalationState

    @property
    def id(self) -> UUID:
        return self.state.id

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """The teams on whose topics this case appears."""
        return self.trigger.audiences(self.policy.concerned_roles())

"""What somebody may do with a thing now, and why not the rest, in one shape for all services. Pure.

An act asks the very rule that its route asks, so that both give the same answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from common.domain.rejection import Rejection

PERMISSION_MISSING: Final = "PERMISSION_MISSING"
Ask = Callable[[], object]
"""Asks a rule: a Rejection means no, anything else yes."""


@dataclass(frozen=True, slots=True)
class AllowedAct:
    """An act, and why it is not possible now: a stable code with its parameters; None where it is."""

    act: str
    why_not: str | None = None
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    detail: str | None = None

    @property
    def possible(self) -> bool:
        """Whether the caller may do it now."""
        return self.why_not is None


def judge_act(act: str, permission: str, *, is_held: bool, state: str, ask: Ask) -> AllowedAct:
    """Whether an act is possible: first by the permission that its route asks for, then by its rule."""
    if not is_held:
        detail = f"You do not hold the permission {permission}."
        return AllowedAct(act, PERMISSION_MISSING, {"permission": permission}, detail)
    decided = ask()
    if not isinstance(decided, Rejection):
        return AllowedAct(act)
    return AllowedAct(act, decided.code, {"state": state, **decided.parameters}, decided.detail)

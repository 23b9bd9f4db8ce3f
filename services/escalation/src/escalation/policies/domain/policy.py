"""A policy: whom to notify, in which order, and how long to wait in between. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from escalation.rotas.domain.time_window import Window

REPEAT_FOREVER = -1

DEFAULT_POLICY = "default"
"""Key of the policy that the first migration makes; it stands in where another is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """A person by `sub`, everybody on call in a rota by its key, or everybody with a role."""

    kind: Literal["person", "rota", "role"]
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """`delay` is waited after this step; with `windows` it fires only while one is open (E15)."""

    targets: tuple[Target, ...]
    delay: timedelta
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy; a change makes a new version and leaves running cases alone (E14).

    `repeat` counts extra passes, `REPEAT_FOREVER` until somebody acknowledges (E2). `fallback` is the
    person notified when a pass reaches nobody, and when the policy is exhausted (E4, E2).
    `audiences` are teams on whose topics each case appears, beside the roles that steps name.
    The rotas of a `critical` policy may leave no gap (E18).

    Stored as JSON by the names of the fields, like `Step`, `Target` and `Window`.
    """

    id: UUID
    key: str
    version: int
    steps: tuple[Step, ...]
    fallback: str
    repeat: int = 0
    empty_step: Literal["skip", "wait"] = "skip"
    acknowledge: Literal["all", "each"] = "all"
    ack_timeout: timedelta | None = None
    audiences: frozenset[str] = frozenset()
    critical: bool = False

    def concerned_roles(self) -> frozenset[str]:
        """The roles whose topics carry this policy's cases."""
        roles = {t.name for step in self.steps for t in step.targets if t.kind == "role"}
        return self.audiences | roles


def policy_violations(policy: Policy) -> tuple[str, ...]:
    """Why a policy is not valid, all reasons at once; empty when it is."""
    steps = policy.steps
    reasons = {
        "A policy needs at least one step.": not steps,
        "Every step needs a target.": any(not step.targets for step in steps),
        "A delay cannot be negative.": any(step.delay < timedelta(0) for step in steps),
        "The last step's delay must be above zero: it is the time to acknowledge before a new "
        "pass begins or the policy is exhausted.": bool(steps) and steps[-1].delay <= timedelta(0),
        "repeat must be the number of extra passes, or -1.": policy.repeat < REPEAT_FOREVER,
        "The time-out of an acknowledgement must be above zero.": (
            policy.ack_timeout is not None and policy.ack_timeout <= timedelta(0)
        ),
        "A window needs a weekday.": any(not w.weekdays for step in steps for w in step.windows),
        "A fallback person is mandatory.": not policy.fallback,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)

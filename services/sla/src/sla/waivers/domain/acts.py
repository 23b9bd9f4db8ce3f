"""What may be done with a waiver now, and why not the rest. Pure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from common.domain import Rejection
from common.domain.allowed_act import AllowedAct, judge_act
from sla.waivers.domain.waiver import Decision, Waiver, approve, refuse, revoke, withdraw


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, the permission that its route asks for, and the rule that its route asks."""

    act: str
    permission: str
    rule: Callable[[Waiver, Decision], Waiver | Rejection]


ACTS: Final = (
    # Whether an approval comes too late changes what it covers, not whether it may be given.
    ActRule("approve", "waivers:approve", lambda waiver, who: approve(waiver, who, None, None)),
    ActRule("refuse", "waivers:approve", refuse),
    ActRule("revoke", "waivers:approve", revoke),
    ActRule("withdraw", "waivers:request", withdraw),
)
"""Every act on a waiver. One that a route offers stands here as well."""


def allowed_acts(
    waiver: Waiver, decision: Decision, permissions: Collection[str]
) -> Iterator[AllowedAct]:
    """Every act with whether whoever would decide may do it now; they hold these permissions."""
    return (_allowed(waiver, decision, permissions, one) for one in ACTS)


def _allowed(
    waiver: Waiver, decision: Decision, permissions: Collection[str], one: ActRule
) -> AllowedAct:
    return judge_act(
        one.act,
        one.permission,
        is_held=one.permission in permissions,
        state=waiver.state,
        ask=lambda: one.rule(waiver, decision),
    )

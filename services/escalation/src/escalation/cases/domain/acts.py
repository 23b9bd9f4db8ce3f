"""What may be done with a case now, and why not the rest. Pure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common.domain.allowed_act import AllowedAct, judge_act
from escalation.cases.domain import lifecycle, policy_engine
from escalation.cases.domain.case import Case
from escalation.policies.domain.recipients import Roster

ACKNOWLEDGE: Final = "escalations:acknowledge"
WORK: Final = "escalations:work"
_NOBODY: Final = Roster(rotas={}, people={})
"""Whom a step would notify changes nothing about whether it may be fired."""
_LATER: Final = timedelta(minutes=1)

Rule = Callable[[Case, str, datetime], object]
"""The rule for a case, the account under which the caller counts, and the moment."""


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, the permission that its route asks for, and the rule that its route asks."""

    act: str
    permission: str
    rule: Rule


ACTS: Final = (
    ActRule(
        "acknowledge",
        ACKNOWLEDGE,
        lambda case, who, at: lifecycle.acknowledge(case.state, case.policy, who, at),
    ),
    ActRule("resolve", WORK, lambda case, who, at: lifecycle.resolve(case.state, who, "", at)),
    ActRule(
        "escalate",
        WORK,
        lambda case, who, at: policy_engine.escalate(case.state, case.policy, _NOBODY, who, at),
    ),
    ActRule(
        "snooze", WORK, lambda case, who, at: lifecycle.snooze(case.state, who, at + _LATER, at)
    ),
    ActRule(
        "move",
        WORK,
        lambda case, who, at: lifecycle.change_policy(case.state, case.policy, who, at),
    ),
)
"""Every act on a case. One that a route offers stands here as well."""


def allowed_acts(
    case: Case, person: str, permissions: Collection[str], at: datetime
) -> Iterator[AllowedAct]:
    """Every act with whether somebody with these permissions may do it now.

    `person`: the account under which they count (R1).
    """
    return (_allowed(case, person, permissions, at, one) for one in ACTS)


def _allowed(
    case: Case, person: str, permissions: Collection[str], at: datetime, one: ActRule
) -> AllowedAct:
    return judge_act(
        one.act,
        one.permission,
        is_held=one.permission in permissions,
        state=case.state.status,
        ask=lambda: one.rule(case, person, at),
    )

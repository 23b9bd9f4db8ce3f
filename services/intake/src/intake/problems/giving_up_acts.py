"""Whether a caller may give a problem up now, or confirm that, and why not. Pure.

Each act asks the same rule as its route, so that both give the same answer.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.domain import Rejection
from common.domain.allowed_act import AllowedAct, judge_act
from intake.problems.domain import Problem, confirm_giving_up, give_up


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: their account, as who they count beside whoever asked first (R1), and when.

    `reopened_at` is when the problem's ticket last came back; None where it never did.
    """

    account: str
    person: str
    permissions: Collection[str]
    at: datetime
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, the permission that its route asks for, and the rule that its route asks."""

    act: str
    permission: str
    decide: Callable[[Problem, Asker], Problem | Rejection]


ACTS: Final = (
    ActRule(
        "give_up",
        "tickets:work",
        lambda problem, who: give_up(problem, "", who.account, who.at, since=who.reopened_at),
    ),
    ActRule(
        "confirm_giving_up",
        "tickets:verify",
        lambda problem, who: confirm_giving_up(problem, who.person, who.at, since=who.reopened_at),
    ),
)
"""Every act by which two people give a problem up."""


def allowed_acts(problem: Problem, asker: Asker) -> Iterator[AllowedAct]:
    """Every act with whether this caller may do it now."""
    return (_allowed(problem, asker, rule) for rule in ACTS)


def _allowed(problem: Problem, asker: Asker, rule: ActRule) -> AllowedAct:
    return judge_act(
        rule.act,
        rule.permission,
        is_held=rule.permission in asker.permissions,
        state=problem.state,
        ask=lambda: rule.decide(problem, asker),
    )

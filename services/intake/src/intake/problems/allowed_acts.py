"""Whether a caller may do something with a problem now, and why not. Pure.

Each act asks the same rule as its route, so that both give the same answer.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.domain import Rejection
from common.domain.allowed_act import AllowedAct, judge_act
from intake.problems import domain
from intake.problems.domain import Cause, Problem, VerifiedTier


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: their account and permissions, and when.

    `beside_asker` and `beside_makers`: as who they count beside whoever wants to give it up, and beside the
    `makers` of its fix (R1). `reopened_at` is when the problem's ticket last came back; None where it never did.
    `incidents` are as many as are linked.
    """

    account: str
    beside_asker: str
    beside_makers: str
    permissions: Collection[str]
    at: datetime
    reopened_at: datetime | None
    makers: Sequence[str | None]
    incidents: int


Decide = Callable[[Problem, Asker], Problem | Rejection]


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, the permission that its route asks for, and the rule that its route asks."""

    act: str
    permission: str
    decide: Decide


def _verify(tier: VerifiedTier) -> Decide:
    return lambda problem, who: domain.verify_fix(
        problem, tier, "", who.beside_makers, who.at, makers=who.makers
    )


ACTS: Final = (
    ActRule("link_incidents", "tickets:work", lambda problem, who: problem),
    ActRule(
        "unlink_incident",
        "tickets:work",
        lambda problem, who: domain.unlink_incident(problem, who.incidents),
    ),
    ActRule(
        "record_cause",
        "tickets:work",
        lambda problem, who: domain.record_cause(
            problem, Cause("five_whys", (), ""), who.account, who.at
        ),
    ),
    ActRule(
        "record_workaround",
        "tickets:work",
        lambda problem, who: domain.record_workaround(problem, "", who.account, who.at),
    ),
    ActRule(
        "known_error",
        "tickets:work",
        lambda problem, who: domain.declare_known_error(problem),
    ),
    ActRule(
        "request_fix",
        "tickets:work",
        # Which change request it is makes no difference to the rule.
        lambda problem, who: domain.request_fix(problem, problem.ticket_id, who.account, who.at),
    ),
    ActRule(
        "record_backlog_item",
        "backlog:work",
        lambda problem, who: domain.take_into_backlog(problem, "", who.account),
    ),
    ActRule("verify_on_staging", "tickets:verify", _verify("staging")),
    ActRule("verify_in_production", "tickets:verify", _verify("production")),
    ActRule(
        "give_up",
        "tickets:work",
        lambda problem, who: domain.give_up(
            problem, "", who.account, who.at, since=who.reopened_at
        ),
    ),
    ActRule(
        "confirm_giving_up",
        "tickets:verify",
        lambda problem, who: domain.confirm_giving_up(
            problem, who.beside_asker, who.at, since=who.reopened_at
        ),
    ),
)
"""Every act on a problem, as it goes from the incidents to its fix, or is given up by two people."""


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

"""What may be done with a delivery now, and why not the rest. Pure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.domain.allowed_act import AllowedAct, judge_act
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode
from delivery_gate.deliveries.domain.delivery import Delivery, withdraw
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import approve, refuse
from delivery_gate.deliveries.domain.rollout import fail, roll_out, start, verify

REVIEW: Final = "deliveries:review"
SUBMIT: Final = "deliveries:submit"
RUN: Final = "deliveries:run"
_REASON: Final = Reason(ReasonCode.READINESS_MISSING, "handover", "-")
"""A refusal that lacks nothing: what it says changes nothing about whether it may be said."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when. `person`: the account under which they count against requester and approvers (R1)."""

    person: str
    roles: frozenset[str]
    permissions: Collection[str]
    at: datetime


Rule = Callable[[Delivery, EvaluationInput, Asker], object]


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, the permission that its route asks for, and the rule that its route asks."""

    act: str
    permission: str
    rule: Rule


ACTS: Final = (
    ActRule(
        "approve",
        REVIEW,
        lambda one, known, who: approve(one, who.person, who.roles, known, who.at),
    ),
    ActRule(
        "refuse",
        REVIEW,
        lambda one, known, who: refuse(
            one, (_REASON,), {"investigation": "-"}, known.criteria.version, who.at
        ),
    ),
    ActRule("withdraw", SUBMIT, lambda one, _, who: withdraw(one, who.at)),
    # What the checks say then is a verdict, and no denial: it may be started to hear it.
    ActRule(
        "start",
        RUN,
        lambda one, known, who: start(one, who.person, one.digest or "", known, who.at),
    ),
    ActRule("rolled_out", RUN, lambda one, known, _who: roll_out(one, known.environment)),
    ActRule(
        "verify",
        RUN,
        lambda one, known, who: verify(
            one, one.digest or "", known.environment, known.criteria.version, who.at
        ),
    ),
    ActRule(
        "fail",
        RUN,
        lambda one, known, who: fail(one, "-", None, known.criteria.version, who.at),
    ),
)
"""Every act on a delivery. One that a route offers stands here as well."""


def allowed_acts(
    delivery: Delivery, evaluation_input: EvaluationInput, asker: Asker
) -> Iterator[AllowedAct]:
    """Every act with whether this caller may do it now."""
    return (_allowed(delivery, evaluation_input, asker, one) for one in ACTS)


def _allowed(
    delivery: Delivery, evaluation_input: EvaluationInput, asker: Asker, one: ActRule
) -> AllowedAct:
    return judge_act(
        one.act,
        one.permission,
        is_held=one.permission in asker.permissions,
        state=delivery.state,
        ask=lambda: one.rule(delivery, evaluation_input, asker),
    )

"""Request and response models of goals and service credits."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from common.errors import Violation
from common.events.tickets import Priority
from common.http import Refers, RequestModel, ResponseModel
from sla.agreements.domain.goals import CENT, CreditStep, Goal, GoalMetric, describe_goal
from sla.calendars.schemas import Name

Percent = Annotated[float, Field(ge=0.01, le=100)]
GoalShare = Annotated[float, Field(gt=0, le=1, examples=[0.95])]


class CreditStepCreate(RequestModel):
    """Below this share of promises kept, so many percent of the month's fee are credited."""

    below: GoalShare
    percent: Percent


class GoalCreate(RequestModel):
    """`share` of the promises of `metric` are kept in each month; `availability`: of the agreed time.

    Without `priorities` it counts all of them, without `service` all services. `credits`: the highest
    share first, each step with a higher percentage. `fee`: the month's fee to which these percentages
    refer, in the currency of the price; by default the agreement's price.
    """

    metric: GoalMetric
    share: GoalShare
    priorities: Annotated[list[Priority], Field(max_length=5)] = Field(default_factory=list)
    service: Annotated[Name | None, Refers("service")] = None
    credits: Annotated[list[CreditStepCreate], Field(max_length=20)] = Field(default_factory=list)
    fee: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)] | None = None

    def to_goal(self) -> Goal:
        return Goal(
            self.metric,
            self.share,
            tuple(dict.fromkeys(self.priorities)),
            self.service,
            tuple(CreditStep(one.below, one.percent) for one in self.credits),
            None if self.fee is None else self.fee.quantize(CENT),
        )


class CreditStepRead(ResponseModel):
    below: float
    percent: float


class GoalRead(ResponseModel):
    """A goal; `words` says it in a sentence."""

    metric: str
    share: float
    priorities: list[str]
    service: str | None
    credits: list[CreditStepRead]
    fee: str | None
    words: str


def goal_to_response(goal: Goal) -> GoalRead:
    return GoalRead(
        metric=goal.metric,
        share=goal.share,
        priorities=list(goal.priorities),
        service=goal.service,
        credits=[CreditStepRead(below=one.below, percent=one.percent) for one in goal.credits],
        fee=None if goal.fee is None else str(goal.fee),
        words=describe_goal(goal),
    )


def goal_violations(
    goals: Sequence[GoalCreate],
    services: Sequence[str],
    promised: Mapping[str, set[Priority]],
    *,
    has_price: bool,
) -> Iterator[Violation]:
    """What is wrong with goals. `promised`: the priorities that have a target, by metric."""
    seen = []
    for index, goal in enumerate(goals):
        pointer = f"/goals/{index}"
        about = (goal.metric, sorted(goal.priorities), goal.service)
        if about in seen:
            yield Violation(pointer, "repeated", "each metric, priorities and service has one goal")
        seen.append(about)
        yield from _promise_violations(goal, pointer, promised)
        if goal.service is not None and services and goal.service not in services:
            detail = "the agreement does not cover this service"
            yield Violation(f"{pointer}/service", "not_covered", detail)
        yield from _credit_violations(goal, pointer, has_price=has_price)


def _promise_violations(
    goal: GoalCreate, pointer: str, promised: Mapping[str, set[Priority]]
) -> Iterator[Violation]:
    if goal.metric not in promised:
        detail = f"the agreement promises nothing about {goal.metric}"
        yield Violation(f"{pointer}/metric", "not_promised", detail)
    if goal.metric == "availability":
        if goal.priorities:
            detail = "availability has no priorities"
            yield Violation(f"{pointer}/priorities", "meaningless", detail)
        return
    for number, priority in enumerate(goal.priorities):
        if priority not in promised.get(goal.metric, {priority}):
            detail = f"the agreement promises no {goal.metric} of {priority} tickets"
            yield Violation(f"{pointer}/priorities/{number}", "not_promised", detail)


def _credit_violations(goal: GoalCreate, pointer: str, *, has_price: bool) -> Iterator[Violation]:
    if goal.credits and not has_price:
        detail = "credits are a share of the price: give the agreement's price"
        yield Violation(f"{pointer}/credits", "missing_price", detail)
    if goal.credits and goal.credits[0].below > goal.share:
        detail = "nothing is owed while the goal is met: begin at its share"
        yield Violation(f"{pointer}/credits/0/below", "order", detail)
    for number, (higher, lower) in enumerate(pairwise(goal.credits), start=1):
        if lower.below >= higher.below or lower.percent <= higher.percent:
            detail = "each step has a lower share and a higher percentage than the one before"
            yield Violation(f"{pointer}/credits/{number}", "order", detail)

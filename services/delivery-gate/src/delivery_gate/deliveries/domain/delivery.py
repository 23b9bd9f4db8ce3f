"""The life of a request to bring a version to an environment.

`evaluating > in_review > approved > delivering > verifying > delivered`; other ends are `refused`,
`rolled_back`, `superseded`, `withdrawn` and `expired`. A command returns the delivery that it leads
to, or a Rejection; a command that evaluates returns the verdict with it. Approvals and refusals are
in `review`, what follows an approval is in `rollout`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain import Rejection
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.criteria.domain.verdict import FollowUpKind, ReasonCode, Verdict
from delivery_gate.deliveries.domain.evaluation import EvaluationInput, evaluate
from delivery_gate.environments.domain import ROLLOUT_STATES
from delivery_gate.versions.domain import Reference

DeliveryState = Literal[
    "evaluating",
    "in_review",
    "approved",
    "delivering",
    "verifying",
    "delivered",
    "refused",
    "rolled_back",
    "superseded",
    "withdrawn",
    "expired",
]
WAITING_STATES: frozenset[DeliveryState] = frozenset({"evaluating", "in_review", "approved"})
RUNNING_STATES: frozenset[DeliveryState] = frozenset(ROLLOUT_STATES)


@dataclass(frozen=True, slots=True)
class Binding:
    """What an approval is about. It does not count for anything else (G2)."""

    digest: str
    criteria_version: int
    environment: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes, with what it is about."""

    by: str
    at: datetime
    binding: Binding


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery. `attempt` numbers the requests for a version on an environment that were evaluated.

    A request that an open follow-up holds is recorded, but does not count as an attempt.
    """

    id: UUID
    key: str
    requested: Reference
    environment: str
    lifecycle: Lifecycle
    readiness: Mapping[str, str]
    attempt: int
    requested_by: str
    requested_at: datetime
    state: DeliveryState = "evaluating"
    version_id: UUID | None = None
    digest: str | None = None
    approvals: tuple[Approval, ...] = ()
    started_by: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A delivery with its new verdict, to be stored.

    `work`: the tasks that a person named, by kind of follow-up; empty means those that the reasons
    oblige to.
    """

    delivery: Delivery
    verdict: Verdict
    work: Mapping[FollowUpKind, str] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether the verdict refuses the version."""
        return self.verdict.outcome == "refused"


def evaluate_delivery(
    delivery: Delivery, evaluation_input: EvaluationInput, now: datetime
) -> Evaluation:
    """Evaluate a new request, or one that was deferred before."""
    verdict = evaluate(
        delivery.requested, delivery.readiness, delivery.lifecycle, evaluation_input, now
    )
    version = evaluation_input.version
    evaluated = delivery
    if version is not None:
        evaluated = replace(delivery, version_id=version.id, digest=version.digest)
    if verdict.outcome == "refused":
        return Evaluation(finish(evaluated, "refused", now), verdict)
    state: DeliveryState = "in_review" if verdict.outcome == "accepted" else "evaluating"
    return Evaluation(replace(evaluated, state=state), verdict)


def withdraw(delivery: Delivery, now: datetime) -> Delivery | Rejection:
    """Withdraw a waiting request. It opens no follow-up and may be submitted again."""
    if delivery.state not in WAITING_STATES:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state}.",
            {"state": delivery.state},
        )
    return finish(delivery, "withdrawn", now)


def close_waiting(
    delivery: Delivery, how: Literal["superseded", "expired", "withdrawn"], now: datetime
) -> Delivery:
    """End a waiting request: a newer version was delivered (G11), its time is over, its environment is ended.

    Unchanged where it no longer waits.
    """
    return finish(delivery, how, now) if delivery.state in WAITING_STATES else delivery


def finish(delivery: Delivery, state: DeliveryState, now: datetime) -> Delivery:
    """The delivery in a final state."""
    return replace(delivery, state=state, ended_at=now)

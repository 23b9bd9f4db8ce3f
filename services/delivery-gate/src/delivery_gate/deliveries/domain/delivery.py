"""The life of a request to bring a version to an environment. Pure.

`evaluating > in_review > approved > delivering > verifying > delivered`; aside: `refused`,
`rolled_back`, `superseded`, `withdrawn`, `expired`. A command answers the delivery it leads to, or
why it is denied; a command that judges answers the verdict with it. The review is in `review`, what
follows an approval in `rollout`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.criteria.domain.verdict import Code, FollowUpKind, Rejection, Verdict
from delivery_gate.deliveries.domain.evaluation import EvaluationInput, evaluate
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
RUNNING_STATES: frozenset[DeliveryState] = frozenset({"delivering", "verifying"})


@dataclass(frozen=True, slots=True)
class Binding:
    """What an approval is about. Anything else is something else: the approval lapses (G2)."""

    digest: str
    criteria_version: int
    environment: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Approval:
    by: str
    at: datetime
    binding: Binding


@dataclass(frozen=True, slots=True)
class Delivery:
    """`attempt` counts, per version and environment, the requests that were really evaluated.

    A request turned away because a follow-up is open is recorded, but is no attempt.
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
    """A delivery with the verdict that was just spoken over it, to be recorded.

    `work`: the follow-ups a person named; empty means those that the reasons oblige to.
    """

    delivery: Delivery
    verdict: Verdict
    work: Mapping[FollowUpKind, str] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        return self.verdict.outcome == "refused"


def evaluate_delivery(
    delivery: Delivery, evaluation_input: EvaluationInput, now: datetime
) -> Evaluation:
    """Judge a new request, or one that was deferred and is tried again unchanged."""
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
    """Not wanted any more; blames nobody, and may be asked for again."""
    if delivery.state not in WAITING_STATES:
        return Rejection(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    return finish(delivery, "withdrawn", now)


def close_waiting(
    delivery: Delivery, how: Literal["superseded", "expired"], now: datetime
) -> Delivery:
    """Overtaken by a newer version (G11), or by time. Only what waits can be overtaken."""
    return finish(delivery, how, now) if delivery.state in WAITING_STATES else delivery


def finish(delivery: Delivery, state: DeliveryState, now: datetime) -> Delivery:
    """It came to this end; nothing moves it any more."""
    return replace(delivery, state=state, ended_at=now)

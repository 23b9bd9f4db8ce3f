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
from delivery_gate.criteria.domain.verdict import Code, Denied, FollowUpKind, Verdict
from delivery_gate.deliveries.domain.evaluation import Facts, judge
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
WAITING: frozenset[DeliveryState] = frozenset({"evaluating", "in_review", "approved"})
RUNNING: frozenset[DeliveryState] = frozenset({"delivering", "verifying"})


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
    wanted: Reference
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
class Judged:
    """A delivery with the verdict that was just spoken over it, to be recorded.

    `work`: the follow-ups a person named; empty means those that the reasons oblige to.
    """

    delivery: Delivery
    verdict: Verdict
    work: Mapping[FollowUpKind, str] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        return self.verdict.outcome == "refused"


def evaluate(delivery: Delivery, facts: Facts, now: datetime) -> Judged:
    """Judge a new request, or one that was deferred and is tried again unchanged."""
    verdict = judge(delivery.wanted, delivery.readiness, delivery.lifecycle, facts, now)
    version = facts.version
    judged = delivery
    if version is not None:
        judged = replace(delivery, version_id=version.id, digest=version.digest)
    if verdict.outcome == "refused":
        return Judged(ended(judged, "refused", now), verdict)
    state: DeliveryState = "in_review" if verdict.outcome == "accepted" else "evaluating"
    return Judged(replace(judged, state=state), verdict)


def withdraw(delivery: Delivery, now: datetime) -> Delivery | Denied:
    """Not wanted any more; blames nobody, and may be asked for again."""
    if delivery.state not in WAITING:
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}.")
    return ended(delivery, "withdrawn", now)


def set_aside(delivery: Delivery, how: Literal["superseded", "expired"], now: datetime) -> Delivery:
    """Overtaken by a newer version (G11), or by time. Only what waits can be overtaken."""
    return ended(delivery, how, now) if delivery.state in WAITING else delivery


def ended(delivery: Delivery, state: DeliveryState, now: datetime) -> Delivery:
    """It came to this end; nothing moves it any more."""
    return replace(delivery, state=state, ended_at=now)

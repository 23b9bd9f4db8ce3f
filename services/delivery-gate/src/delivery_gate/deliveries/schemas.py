"""Request and response models of deliveries and of their verdicts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.domain.allowed_act import AllowedAct
from common.http import Allowed, RequestModel, ResponseModel, to_allowed
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.criteria.domain.verdict import FollowUpKind, Outcome, ReasonCode
from delivery_gate.deliveries.domain.delivery import Delivery, DeliveryState
from delivery_gate.deliveries.store.verdicts import RecordedVerdict
from delivery_gate.fields import Digest, EnvironmentName, FreeText, Link, ProductName

ReadinessItem = Literal[
    "customer_communication",
    "rollback_plan",
    "stakeholder_approvals",
    "documentation",
    "knowledge_session",
]
RefusalCode = Literal[
    "READINESS_MISSING",
    "CHECK_FAILED",
    "PROMOTION_SKIPPED",
    "DIGEST_MISMATCH",
    "VERIFICATION_FAILED",
    "UNAUTHORIZED_CHANGE",
]


class DeliveryCreate(RequestModel):
    """A request to deliver a version. `version` is its registered name; a request without one is
    evaluated, and refused, as it is.

    `readiness`: where the proof of each item is. `lifecycle`: `hotfix` is for an environment with an
    open Blocker or a debt.
    """

    product: ProductName
    version: Annotated[str, Field(max_length=200)] | None = None
    digest: Digest | None = None
    environment: EnvironmentName
    lifecycle: Lifecycle = "standard"
    readiness: dict[ReadinessItem, Link] = Field(default_factory=dict)


class ReasonCreate(RequestModel):
    """Why the version is not fit for handover, with an argument that quality control can weigh."""

    code: RefusalCode = "READINESS_MISSING"
    criterion: Annotated[str, Field(min_length=1, max_length=200)] = "handover"
    justification: FreeText
    evidence: Link | None = None


class FollowUpCreate(RequestModel):
    """Work that the refusal obliges to."""

    kind: FollowUpKind
    task: Annotated[str, Field(min_length=1, max_length=4000)]


class DeliveryRefuse(RequestModel):
    """A refusal. It needs at least one reason with a justification, and at least one follow-up."""

    reasons: list[ReasonCreate] = Field(default_factory=list, max_length=50)
    follow_ups: list[FollowUpCreate] = Field(default_factory=list, max_length=20)

    def to_work(self) -> dict[FollowUpKind, str]:
        """The tasks, one per kind of follow-up; several of one kind are joined by `; `."""
        work: dict[FollowUpKind, str] = {}
        for one in self.follow_ups:
            work[one.kind] = f"{work[one.kind]}; {one.task}" if one.kind in work else one.task
        return work


class DigestReport(RequestModel):
    """What is really rolled out, or really runs: `sha256:` and 64 hex digits."""

    digest: Digest


class DeliveryFail(RequestModel):
    """Why the verification failed."""

    justification: FreeText
    evidence: Link | None = None


class ReasonRead(ResponseModel):
    """One violation: the criterion that is not met, why, and where the evidence is.

    `justification_code` names the sentence in `justification` where it is the gate's own, and `parameters` are what it
    fills in, to say the same in another language.
    """

    code: ReasonCode
    criterion: str
    justification: str
    evidence: str | None
    justification_code: str | None
    parameters: dict[str, str]


class VerdictRead(ResponseModel):
    """A verdict. `follow_ups`: keys of those that it opened, or that hold the version already."""

    outcome: Outcome
    reasons: Sequence[ReasonRead]
    follow_ups: Sequence[str]
    criteria_version: int
    decided_by: str
    decided_at: datetime


class VerdictHistoryRead(VerdictRead):
    """The latest verdict, and the earlier ones, latest first. None of them ever changes."""

    delivery: str
    earlier: Sequence[VerdictRead]


class RefusalRead(ResponseModel):
    """A refusal with everything that quality control needs to weigh it."""

    delivery_id: UUID
    delivery: str
    product: str
    version: str | None
    environment: str
    customer: str
    attempt: int
    verdict: VerdictRead


class ApprovalRead(ResponseModel):
    """An approval. It counts only under the criteria of its `criteria_version`."""

    by: str
    at: datetime
    criteria_version: int


class DeliveryRead(ResponseModel):
    """A delivery. `verdict`: the latest one. `attempt` counts the requests for this version and
    environment that were evaluated; one that an open follow-up held is not counted, and has the
    number that it would have had."""

    id: UUID
    key: str
    product: str
    version: str | None
    version_id: UUID | None
    digest: str | None
    environment: str
    lifecycle: Lifecycle
    readiness: Mapping[str, str]
    attempt: int
    state: DeliveryState
    requested_by: str
    requested_at: datetime
    approvals: Sequence[ApprovalRead]
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    verdict: VerdictRead | None


class DeliveryDetail(DeliveryRead):
    """A delivery, and what its reader may do with it now (`allowed`)."""

    allowed: list[Allowed]


def to_detail(response: DeliveryRead, acts: Iterable[AllowedAct]) -> DeliveryDetail:
    """The delivery with what may be done."""
    return DeliveryDetail(**dict(response), allowed=to_allowed(acts))


def to_response(delivery: Delivery, recorded: RecordedVerdict | None) -> DeliveryRead:
    """The delivery with its latest verdict, as the API shows it."""
    return DeliveryRead(
        id=delivery.id,
        key=delivery.key,
        product=delivery.requested.product,
        version=delivery.requested.name,
        version_id=delivery.version_id,
        digest=delivery.digest,
        environment=delivery.environment,
        lifecycle=delivery.lifecycle,
        readiness=delivery.readiness,
        attempt=delivery.attempt,
        state=delivery.state,
        requested_by=delivery.requested_by,
        requested_at=delivery.requested_at,
        approvals=[
            ApprovalRead(
                by=approval.by,
                at=approval.at,
                criteria_version=approval.binding.criteria_version,
            )
            for approval in delivery.approvals
        ],
        started_by=delivery.started_by,
        started_at=delivery.started_at,
        ended_at=delivery.ended_at,
        verdict=None if recorded is None else verdict_to_response(recorded),
    )


def verdict_to_response(recorded: RecordedVerdict) -> VerdictRead:
    """A verdict as the API shows it."""
    verdict = recorded.verdict
    return VerdictRead(
        outcome=verdict.outcome,
        reasons=[ReasonRead.model_validate(reason) for reason in verdict.reasons],
        follow_ups=recorded.follow_ups,
        criteria_version=verdict.criteria_version,
        decided_by=recorded.decided_by,
        decided_at=verdict.at,
    )


def refusal_to_response(recorded: RecordedVerdict) -> RefusalRead:
    """A refusal, with what it is about, as the API shows it."""
    return RefusalRead(
        delivery_id=recorded.delivery_id,
        delivery=recorded.delivery,
        product=recorded.product,
        version=recorded.version,
        environment=recorded.environment,
        customer=recorded.customer,
        attempt=recorded.attempt,
        verdict=verdict_to_response(recorded),
    )

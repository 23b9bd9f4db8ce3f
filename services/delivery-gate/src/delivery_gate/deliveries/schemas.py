"""How a delivery and its verdicts are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from common.http import ResponseModel
from common.persistence.database import Connection
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.criteria.domain.verdict import Code, Outcome
from delivery_gate.deliveries.domain.delivery import Delivery, DeliveryState
from delivery_gate.deliveries.store import verdicts
from delivery_gate.deliveries.store.verdicts import RecordedVerdict


class ReasonRead(ResponseModel):
    code: Code
    criterion: str
    justification: str
    evidence: str | None


class VerdictRead(ResponseModel):
    """`follow_ups`: keys of the work that it opened, or that holds the version already."""

    outcome: Outcome
    reasons: Sequence[ReasonRead]
    follow_ups: Sequence[str]
    criteria_version: int
    decided_by: str
    decided_at: datetime


class ApprovalRead(ResponseModel):
    """`criteria_version`: an approval counts under the criteria it was given for, no others."""

    by: str
    at: datetime
    criteria_version: int


class DeliveryRead(ResponseModel):
    """`verdict`: the latest one. `attempt`: see G5; a request turned away by an open follow-up
    carries the number that it would have had."""

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


async def to_response(tx: Connection, delivery: Delivery) -> DeliveryRead:
    return (await to_responses(tx, [delivery]))[0]


async def to_responses(tx: Connection, deliveries: Sequence[Delivery]) -> list[DeliveryRead]:
    latest = await verdicts.get_latest(tx, [delivery.id for delivery in deliveries])
    return [_build_response(delivery, latest.get(delivery.id)) for delivery in deliveries]


def _build_response(delivery: Delivery, recorded: RecordedVerdict | None) -> DeliveryRead:
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
            ApprovalRead(by=one.by, at=one.at, criteria_version=one.binding.criteria_version)
            for one in delivery.approvals
        ],
        started_by=delivery.started_by,
        started_at=delivery.started_at,
        ended_at=delivery.ended_at,
        verdict=None if recorded is None else verdict_to_response(recorded),
    )


def verdict_to_response(recorded: RecordedVerdict) -> VerdictRead:
    verdict = recorded.verdict
    return VerdictRead(
        outcome=verdict.outcome,
        reasons=[ReasonRead.model_validate(reason) for reason in verdict.reasons],
        follow_ups=recorded.follow_ups,
        criteria_version=verdict.criteria_version,
        decided_by=recorded.decided_by,
        decided_at=verdict.at,
    )

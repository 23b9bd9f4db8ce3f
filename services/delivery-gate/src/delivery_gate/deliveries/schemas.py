"""How a delivery and its verdicts are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from common.http import Told
from common.persistence.database import Connection
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.criteria.domain.verdict import Code, Outcome
from delivery_gate.deliveries.domain.delivery import Delivery, DeliveryState
from delivery_gate.deliveries.store import verdicts
from delivery_gate.deliveries.store.verdicts import Spoken


class ReasonTold(Told):
    code: Code
    criterion: str
    argument: str
    evidence: str | None


class VerdictTold(Told):
    """`follow_ups`: keys of the work that it opened, or that holds the version already."""

    outcome: Outcome
    reasons: Sequence[ReasonTold]
    follow_ups: Sequence[str]
    criteria_version: int
    spoken_by: str
    at: datetime


class ApprovalTold(Told):
    """`criteria_version`: an approval counts under the criteria it was given for, no others."""

    by: str
    at: datetime
    criteria_version: int


class DeliveryTold(Told):
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
    approvals: Sequence[ApprovalTold]
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    verdict: VerdictTold | None


async def told(tx: Connection, delivery: Delivery) -> DeliveryTold:
    return (await told_all(tx, [delivery]))[0]


async def told_all(tx: Connection, found: Sequence[Delivery]) -> list[DeliveryTold]:
    latest = await verdicts.latest(tx, [delivery.id for delivery in found])
    return [_delivery(delivery, latest.get(delivery.id)) for delivery in found]


def _delivery(delivery: Delivery, spoken: Spoken | None) -> DeliveryTold:
    return DeliveryTold(
        id=delivery.id,
        key=delivery.key,
        product=delivery.wanted.product,
        version=delivery.wanted.name,
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
            ApprovalTold(by=one.by, at=one.at, criteria_version=one.binding.criteria_version)
            for one in delivery.approvals
        ],
        started_by=delivery.started_by,
        started_at=delivery.started_at,
        ended_at=delivery.ended_at,
        verdict=None if spoken is None else verdict_told(spoken),
    )


def verdict_told(spoken: Spoken) -> VerdictTold:
    verdict = spoken.verdict
    return VerdictTold(
        outcome=verdict.outcome,
        reasons=[ReasonTold.model_validate(reason) for reason in verdict.reasons],
        follow_ups=spoken.follow_ups,
        criteria_version=verdict.criteria_version,
        spoken_by=spoken.spoken_by,
        at=verdict.at,
    )

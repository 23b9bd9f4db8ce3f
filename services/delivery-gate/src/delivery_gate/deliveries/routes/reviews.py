"""People's part before a delivery: approve it, refuse it, take it back."""

from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import Field

from common.auth import Caller, needs
from common.events.deliveries import DeliveryApproved, DeliveryRefused, DeliveryWithdrawn
from common.http import Asked, router, set_etag
from common.persistence.database import Transaction
from delivery_gate.criteria.domain.verdict import Code, Denied, FollowUpKind, Reason
from delivery_gate.deliveries import dependencies as delivery_dependencies
from delivery_gate.deliveries.commands import record, record_judged
from delivery_gate.deliveries.domain.delivery import withdraw
from delivery_gate.deliveries.domain.review import approve, refuse, standing
from delivery_gate.deliveries.schemas import DeliveryTold, told
from delivery_gate.deliveries.store import deliveries
from delivery_gate.deliveries.store.evaluation_input import facts
from delivery_gate.denials import deny
from delivery_gate.fields import Link, Said, Words

routes = router("/v1/deliveries", ["deliveries"])

Reviewer = Annotated[Caller, needs("deliveries:review")]
Judgement = Literal[
    "READINESS_MISSING",
    "CHECK_FAILED",
    "PROMOTION_SKIPPED",
    "DIGEST_MISMATCH",
    "VERIFICATION_FAILED",
    "UNAUTHORIZED_CHANGE",
]


class ReasonAsked(Asked):
    """Why the version is not fit for handover, in words that QC can weigh."""

    code: Judgement = "READINESS_MISSING"
    criterion: Annotated[str, Field(min_length=1, max_length=200)] = "handover"
    argument: Words
    evidence: Link | None = None


class FollowUpAsked(Asked):
    kind: FollowUpKind
    demand: Annotated[str, Field(min_length=1, max_length=4000)]


class RefusalAsked(Asked):
    """At least one reason with an argument, and at least one follow-up: else it is no refusal."""

    reasons: list[ReasonAsked] = Field(default_factory=list, max_length=50)
    follow_ups: list[FollowUpAsked] = Field(default_factory=list, max_length=20)

    def work(self) -> dict[FollowUpKind, str]:
        """One follow-up per kind; two demands of a kind become one."""
        work: dict[FollowUpKind, str] = {}
        for one in self.follow_ups:
            work[one.kind] = f"{work[one.kind]}; {one.demand}" if one.kind in work else one.demand
        return work


@routes.post("/{ref}/approve", response_model=DeliveryTold)
async def approve_delivery(
    ref: Said, request: Request, response: Response, tx: Transaction, caller: Reviewer
) -> DeliveryTold | Response:
    """Say yes. Production needs two people, neither of them the requester (G3)."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    known = await facts(tx, delivery.wanted, scene.environment)
    said = approve(delivery, caller.sub, caller.roles, known, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.approve", f"delivery/{delivery.id}", said)
    await deliveries.add_approval(tx, said, said.approvals[-1])
    people = [one.by for one in standing(said, known.criteria.version)]
    kept = await record(scene, said, DeliveryApproved, "delivery.approve", approvers=people)
    set_etag(response, kept.sequence)
    return await told(tx, kept)


@routes.post("/{ref}/refuse", response_model=DeliveryTold)
async def refuse_delivery(
    ref: Said,
    asked: RefusalAsked,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Reviewer,
) -> DeliveryTold | Response:
    """Refuse a version that is not fit for handover; green checks do not oblige (R6, G4)."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    known = await facts(tx, delivery.wanted, scene.environment)
    reasons = tuple(
        Reason(Code(one.code), one.criterion, one.argument, one.evidence) for one in asked.reasons
    )
    said = refuse(delivery, reasons, asked.work(), known.criteria.version, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.refuse", f"delivery/{delivery.id}", said)
    holding = known.follow_ups
    kept = await record_judged(scene, said, DeliveryRefused, "delivery.refuse", holding)
    set_etag(response, kept.sequence)
    return await told(tx, kept)


@routes.post("/{ref}/withdraw", response_model=DeliveryTold)
async def withdraw_delivery(
    ref: Said,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("deliveries:submit")],
) -> DeliveryTold | Response:
    """Take a request back before it starts; blames nobody."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    said = withdraw(delivery, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.withdraw", f"delivery/{delivery.id}", said)
    kept = await record(scene, said, DeliveryWithdrawn, "delivery.withdraw")
    set_etag(response, kept.sequence)
    return await told(tx, kept)

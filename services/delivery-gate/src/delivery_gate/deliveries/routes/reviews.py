"""People's part before a delivery: approve it, refuse it, take it back."""

from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import Field

from common.auth import Caller, requires
from common.events.deliveries import DeliveryApproved, DeliveryRefused, DeliveryWithdrawn
from common.http import RequestModel, router, set_etag
from common.persistence.database import Transaction
from delivery_gate.criteria.domain.verdict import Code, FollowUpKind, Reason, Rejection
from delivery_gate.deliveries import dependencies as delivery_dependencies
from delivery_gate.deliveries.commands import save_step, save_verdict
from delivery_gate.deliveries.domain.delivery import withdraw
from delivery_gate.deliveries.domain.review import approve, refuse, valid_approvals
from delivery_gate.deliveries.schemas import DeliveryRead, to_response
from delivery_gate.deliveries.store import deliveries
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.denials import deny
from delivery_gate.fields import FreeText, Link, PathReference

routes = router("/v1/deliveries", ["deliveries"])

Reviewer = Annotated[Caller, requires("deliveries:review")]
RefusalCode = Literal[
    "READINESS_MISSING",
    "CHECK_FAILED",
    "PROMOTION_SKIPPED",
    "DIGEST_MISMATCH",
    "VERIFICATION_FAILED",
    "UNAUTHORIZED_CHANGE",
]


class ReasonCreate(RequestModel):
    """Why the version is not fit for handover, in words that QC can weigh."""

    code: RefusalCode = "READINESS_MISSING"
    criterion: Annotated[str, Field(min_length=1, max_length=200)] = "handover"
    justification: FreeText
    evidence: Link | None = None


class FollowUpCreate(RequestModel):
    kind: FollowUpKind
    task: Annotated[str, Field(min_length=1, max_length=4000)]


class DeliveryRefuse(RequestModel):
    """At least one reason with an argument, and at least one follow-up: else it is no refusal."""

    reasons: list[ReasonCreate] = Field(default_factory=list, max_length=50)
    follow_ups: list[FollowUpCreate] = Field(default_factory=list, max_length=20)

    def to_work(self) -> dict[FollowUpKind, str]:
        """One follow-up per kind; two demands of a kind become one."""
        work: dict[FollowUpKind, str] = {}
        for one in self.follow_ups:
            work[one.kind] = f"{work[one.kind]}; {one.task}" if one.kind in work else one.task
        return work


@routes.post("/{ref}/approve", response_model=DeliveryRead)
async def approve_delivery(
    ref: PathReference, request: Request, response: Response, tx: Transaction, caller: Reviewer
) -> DeliveryRead | Response:
    """Say yes. Production needs two people, neither of them the requester (G3)."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    outcome = approve(delivery, caller.sub, caller.roles, evaluation_input, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.approve", f"delivery/{delivery.id}", outcome)
    await deliveries.add_approval(tx, outcome, outcome.approvals[-1])
    people = [one.by for one in valid_approvals(outcome, evaluation_input.criteria.version)]
    stored = await save_step(
        context, outcome, DeliveryApproved, "delivery.approve", approvers=people
    )
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)


@routes.post("/{ref}/refuse", response_model=DeliveryRead)
async def refuse_delivery(
    ref: PathReference,
    body: DeliveryRefuse,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Reviewer,
) -> DeliveryRead | Response:
    """Refuse a version that is not fit for handover; green checks do not oblige (R6, G4)."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    reasons = tuple(
        Reason(Code(one.code), one.criterion, one.justification, one.evidence)
        for one in body.reasons
    )
    outcome = refuse(
        delivery, reasons, body.to_work(), evaluation_input.criteria.version, context.at
    )
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.refuse", f"delivery/{delivery.id}", outcome)
    holding = evaluation_input.follow_ups
    stored = await save_verdict(context, outcome, DeliveryRefused, "delivery.refuse", holding)
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)


@routes.post("/{ref}/withdraw", response_model=DeliveryRead)
async def withdraw_delivery(
    ref: PathReference,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:submit")],
) -> DeliveryRead | Response:
    """Take a request back before it starts; blames nobody."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    outcome = withdraw(delivery, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.withdraw", f"delivery/{delivery.id}", outcome)
    stored = await save_step(context, outcome, DeliveryWithdrawn, "delivery.withdraw")
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)

"""HTTP routes of people's part before a delivery: approve, refuse, withdraw."""

from typing import Annotated

from fastapi import Request, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.events.deliveries import DeliveryApproved, DeliveryRefused, DeliveryWithdrawn
from common.http import Transaction, router, set_etag
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode
from delivery_gate.deliveries.commands import save_step, save_verdict
from delivery_gate.deliveries.dependencies import (
    counted_person,
    load_locked_delivery,
    load_response,
)
from delivery_gate.deliveries.domain.delivery import withdraw
from delivery_gate.deliveries.domain.review import approve, refuse, valid_approvals
from delivery_gate.deliveries.schemas import DeliveryRead, DeliveryRefuse
from delivery_gate.deliveries.store import deliveries
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.denials import deny
from delivery_gate.path_parameters import DeliveryRef

routes = router("/v1/deliveries", ["deliveries"])

Reviewer = Annotated[Caller, requires("deliveries:review")]


@routes.post("/{delivery}/approve", response_model=DeliveryRead)
async def approve_delivery(
    ref: DeliveryRef, request: Request, response: Response, tx: Transaction, caller: Reviewer
) -> DeliveryRead | Response:
    """Approve a delivery. Production needs two people, neither of them the requester."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    person = await counted_person(tx, delivery, evaluation_input, caller)
    outcome = approve(delivery, person, caller.roles, evaluation_input, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.approve", f"delivery/{delivery.id}", outcome)
    await deliveries.add_approval(tx, outcome, outcome.approvals[-1])
    valid = valid_approvals(outcome, evaluation_input.criteria.version)
    approvers = [approval.by for approval in valid]
    stored = await save_step(
        context, outcome, DeliveryApproved, "delivery.approve", approvers=approvers
    )
    set_etag(response, stored.sequence)
    return await load_response(tx, stored)


@routes.post("/{delivery}/refuse", response_model=DeliveryRead)
async def refuse_delivery(
    ref: DeliveryRef,
    body: DeliveryRefuse,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Reviewer,
) -> DeliveryRead | Response:
    """Refuse a version that is not fit for handover, even where all checks have passed."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    reasons = tuple(
        Reason(ReasonCode(reason.code), reason.criterion, reason.justification, reason.evidence)
        for reason in body.reasons
    )
    outcome = refuse(
        delivery, reasons, body.to_work(), evaluation_input.criteria.version, context.at
    )
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.refuse", f"delivery/{delivery.id}", outcome)
    holding = evaluation_input.follow_ups
    stored = await save_verdict(context, outcome, DeliveryRefused, "delivery.refuse", holding)
    set_etag(response, stored.sequence)
    return await load_response(tx, stored)


@routes.post("/{delivery}/withdraw", response_model=DeliveryRead)
async def withdraw_delivery(
    ref: DeliveryRef,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:submit")],
) -> DeliveryRead | Response:
    """Withdraw a delivery before it starts. It opens no follow-up and may be submitted again."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    outcome = withdraw(delivery, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.withdraw", f"delivery/{delivery.id}", outcome)
    stored = await save_step(context, outcome, DeliveryWithdrawn, "delivery.withdraw")
    set_etag(response, stored.sequence)
    return await load_response(tx, stored)

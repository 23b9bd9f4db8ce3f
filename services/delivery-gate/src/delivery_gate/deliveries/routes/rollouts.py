"""HTTP routes from approval to the end: start, roll out, verify, or fail."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Request, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.events.deliveries import (
    DeliveryDeferred,
    DeliveryEvent,
    DeliveryRefused,
    DeliveryRolledBack,
    DeliveryRolledOut,
    DeliveryStarted,
    DeliveryVerified,
)
from common.http import Transaction, router, set_etag
from delivery_gate.criteria.domain.verdict import Outcome
from delivery_gate.deliveries.commands import record_delivered, save_step, save_verdict
from delivery_gate.deliveries.dependencies import load_locked_delivery, load_response
from delivery_gate.deliveries.domain.delivery import Evaluation
from delivery_gate.deliveries.domain.rollout import fail, roll_out, start, verify
from delivery_gate.deliveries.schemas import DeliveryFail, DeliveryRead, DigestReport
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.denials import deny
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.path_parameters import DeliveryRef

routes = router("/v1/deliveries", ["deliveries"])

Runner = Annotated[Caller, requires("deliveries:run")]
START_EVENTS: Final[Mapping[Outcome, type[DeliveryEvent]]] = {
    "accepted": DeliveryStarted,
    "refused": DeliveryRefused,
    "deferred": DeliveryDeferred,
}


@routes.post("/{delivery}/start", response_model=DeliveryRead)
async def start_delivery(
    ref: DeliveryRef,
    body: DigestReport,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryRead | Response:
    """Start an approved delivery; everything is checked again. Look at the verdict: one that is
    `accepted` has started, one that is `deferred` is still approved and may be started later, one
    that is `refused` has ended."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    outcome = start(delivery, caller.sub, body.digest, evaluation_input, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.start", f"delivery/{delivery.id}", outcome)
    event = START_EVENTS[outcome.verdict.outcome]
    stored = await save_verdict(
        context, outcome, event, "delivery.start", evaluation_input.follow_ups
    )
    set_etag(response, stored.sequence)
    return await load_response(tx, stored)


@routes.post("/{delivery}/rolled-out", response_model=DeliveryRead)
async def record_rolled_out(
    ref: DeliveryRef, request: Request, response: Response, tx: Transaction, caller: Runner
) -> DeliveryRead | Response:
    """Report that a delivery is rolled out: the version is on the environment, and its verification
    begins."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    outcome = roll_out(delivery, context.environment)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.roll_out", f"delivery/{delivery.id}", outcome)
    stored = await save_step(context, outcome, DeliveryRolledOut, "delivery.roll_out")
    set_etag(response, stored.sequence)
    return await load_response(tx, stored)


@routes.post("/{delivery}/verify", response_model=DeliveryRead)
async def verify_delivery(
    ref: DeliveryRef,
    body: DigestReport,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryRead | Response:
    """Verify a delivery: with the approved digest running it is delivered; with another one the
    verification has failed."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    version = evaluation_input.criteria.version
    outcome = verify(delivery, body.digest, context.environment, version, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.verify", f"delivery/{delivery.id}", outcome)
    answer = await _save_end(context, outcome, "delivery.verify")
    if outcome.delivery.state == "delivered" and evaluation_input.version is not None:
        await record_delivered(context, outcome.delivery, evaluation_input.version)
    set_etag(response, outcome.delivery.sequence + 1)
    return answer


@routes.post("/{delivery}/fail", response_model=DeliveryRead)
async def fail_delivery(
    ref: DeliveryRef,
    body: DeliveryFail,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryRead | Response:
    """Report that a delivery failed its verification. It is rolled back to the former version, and
    an investigation is opened."""
    context, delivery = await load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    version = evaluation_input.criteria.version
    outcome = fail(delivery, body.justification, body.evidence, version, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.fail", f"delivery/{delivery.id}", outcome)
    set_etag(response, outcome.delivery.sequence + 1)
    return await _save_end(context, outcome, "delivery.fail")


async def _save_end(
    context: EnvironmentContext, evaluation: Evaluation, action: str
) -> DeliveryRead:
    delivered = evaluation.delivery.state == "delivered"
    event: type[DeliveryEvent] = DeliveryVerified if delivered else DeliveryRolledBack
    stored = await save_verdict(context, evaluation, event, action, ())
    return await load_response(context.tx, stored)

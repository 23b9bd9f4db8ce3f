"""From approval to the end: start, rolled out, verified, or failed and back."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from common.auth import Caller, requires
from common.events.deliveries import (
    DeliveryDeferred,
    DeliveryEvent,
    DeliveryRefused,
    DeliveryRolledBack,
    DeliveryRolledOut,
    DeliveryStarted,
    DeliveryVerified,
)
from common.http import RequestModel, router, set_etag
from common.persistence.database import Transaction
from delivery_gate.criteria.domain.verdict import Outcome, Rejection
from delivery_gate.deliveries import dependencies as delivery_dependencies
from delivery_gate.deliveries.commands import CommandContext, save_step, save_verdict
from delivery_gate.deliveries.domain.delivery import Evaluation
from delivery_gate.deliveries.domain.rollout import fail, roll_out, start, verify
from delivery_gate.deliveries.schemas import DeliveryRead, to_response
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.denials import deny
from delivery_gate.environments.commands import record_delivery
from delivery_gate.fields import FreeText, Link, PathReference

routes = router("/v1/deliveries", ["deliveries"])

Runner = Annotated[Caller, requires("deliveries:run")]
START_EVENTS: dict[Outcome, type[DeliveryEvent]] = {
    "accepted": DeliveryStarted,
    "refused": DeliveryRefused,
    "deferred": DeliveryDeferred,
}


class DigestReport(RequestModel):
    """`digest`: what is really rolled out, or really runs, as sha256:… ."""

    digest: Annotated[str, Field(max_length=200)]


class DeliveryFail(RequestModel):
    justification: FreeText
    evidence: Link | None = None


@routes.post("/{ref}/start", response_model=DeliveryRead)
async def start_delivery(
    ref: PathReference,
    body: DigestReport,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryRead | Response:
    """Everything is checked again (G2). Look at the verdict: `accepted` has started; `deferred`
    is still approved and may be tried again; `refused` has ended."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    outcome = start(delivery, caller.sub, body.digest, evaluation_input, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.start", f"delivery/{delivery.id}", outcome)
    event = START_EVENTS[outcome.verdict.outcome]
    stored = await save_verdict(
        context, outcome, event, "delivery.start", evaluation_input.follow_ups
    )
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)


@routes.post("/{ref}/rolled-out", response_model=DeliveryRead)
async def record_rolled_out(
    ref: PathReference, request: Request, response: Response, tx: Transaction, caller: Runner
) -> DeliveryRead | Response:
    """The version is on the environment; its verification begins."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    outcome = roll_out(delivery)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.roll_out", f"delivery/{delivery.id}", outcome)
    stored = await save_step(context, outcome, DeliveryRolledOut, "delivery.roll_out")
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)


@routes.post("/{ref}/verify", response_model=DeliveryRead)
async def verify_delivery(
    ref: PathReference,
    body: DigestReport,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryRead | Response:
    """It runs as it should, with this digest: delivered. Another digest is a failed verification."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    outcome = verify(delivery, body.digest, evaluation_input.criteria.version, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.verify", f"delivery/{delivery.id}", outcome)
    answer = await _save_end(context, outcome, "delivery.verify")
    if outcome.delivery.state == "delivered" and evaluation_input.version is not None:
        await record_delivery(context, outcome.delivery, evaluation_input.version)
    set_etag(response, outcome.delivery.sequence + 1)
    return answer


@routes.post("/{ref}/fail", response_model=DeliveryRead)
async def fail_delivery(
    ref: PathReference,
    body: DeliveryFail,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryRead | Response:
    """The verification failed: back to the former version, and an investigation (G9)."""
    context, delivery = await delivery_dependencies.load_locked_delivery(tx, ref, caller, request)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, context.environment)
    version = evaluation_input.criteria.version
    outcome = fail(delivery, body.justification, body.evidence, version, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "delivery.fail", f"delivery/{delivery.id}", outcome)
    set_etag(response, outcome.delivery.sequence + 1)
    return await _save_end(context, outcome, "delivery.fail")


async def _save_end(context: CommandContext, evaluation: Evaluation, action: str) -> DeliveryRead:
    good = evaluation.delivery.state == "delivered"
    event: type[DeliveryEvent] = DeliveryVerified if good else DeliveryRolledBack
    return await to_response(context.tx, await save_verdict(context, evaluation, event, action, ()))

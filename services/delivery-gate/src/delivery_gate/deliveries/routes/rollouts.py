"""From approval to the end: start, rolled out, verified, or failed and back."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from common.auth import Caller, needs
from common.events.deliveries import (
    DeliveryDeferred,
    DeliveryEvent,
    DeliveryRefused,
    DeliveryRolledBack,
    DeliveryRolledOut,
    DeliveryStarted,
    DeliveryVerified,
)
from common.http import Asked, router, set_etag
from common.persistence.database import Transaction
from delivery_gate.criteria.domain.verdict import Denied, Outcome
from delivery_gate.deliveries import dependencies as delivery_dependencies
from delivery_gate.deliveries.commands import Scene, record, record_judged
from delivery_gate.deliveries.domain.delivery import Judged
from delivery_gate.deliveries.domain.rollout import fail, roll_out, start, verify
from delivery_gate.deliveries.schemas import DeliveryTold, told
from delivery_gate.deliveries.store.evaluation_input import facts
from delivery_gate.denials import deny
from delivery_gate.environments.commands import delivered
from delivery_gate.fields import Link, Said, Words

routes = router("/v1/deliveries", ["deliveries"])

Runner = Annotated[Caller, needs("deliveries:run")]
STARTS: dict[Outcome, type[DeliveryEvent]] = {
    "accepted": DeliveryStarted,
    "refused": DeliveryRefused,
    "deferred": DeliveryDeferred,
}


class DigestAsked(Asked):
    """`digest`: what is really rolled out, or really runs, as sha256:… ."""

    digest: Annotated[str, Field(max_length=200)]


class FailureAsked(Asked):
    argument: Words
    evidence: Link | None = None


@routes.post("/{ref}/start", response_model=DeliveryTold)
async def start_delivery(
    ref: Said,
    asked: DigestAsked,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryTold | Response:
    """Everything is checked again (G2). Look at the verdict: `accepted` has started; `deferred`
    is still approved and may be tried again; `refused` has ended."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    known = await facts(tx, delivery.wanted, scene.environment)
    said = start(delivery, caller.sub, asked.digest, known, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.start", f"delivery/{delivery.id}", said)
    event = STARTS[said.verdict.outcome]
    kept = await record_judged(scene, said, event, "delivery.start", known.follow_ups)
    set_etag(response, kept.sequence)
    return await told(tx, kept)


@routes.post("/{ref}/rolled-out", response_model=DeliveryTold)
async def rolled_out(
    ref: Said, request: Request, response: Response, tx: Transaction, caller: Runner
) -> DeliveryTold | Response:
    """The version is on the environment; its verification begins."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    said = roll_out(delivery)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.roll_out", f"delivery/{delivery.id}", said)
    kept = await record(scene, said, DeliveryRolledOut, "delivery.roll_out")
    set_etag(response, kept.sequence)
    return await told(tx, kept)


@routes.post("/{ref}/verify", response_model=DeliveryTold)
async def verify_delivery(
    ref: Said,
    asked: DigestAsked,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryTold | Response:
    """It runs as it should, with this digest: delivered. Another digest is a failed verification."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    known = await facts(tx, delivery.wanted, scene.environment)
    said = verify(delivery, asked.digest, known.criteria.version, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.verify", f"delivery/{delivery.id}", said)
    answer = await _ended(scene, said, "delivery.verify")
    if said.delivery.state == "delivered" and known.version is not None:
        await delivered(scene, said.delivery, known.version)
    set_etag(response, said.delivery.sequence + 1)
    return answer


@routes.post("/{ref}/fail", response_model=DeliveryTold)
async def fail_delivery(
    ref: Said,
    asked: FailureAsked,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Runner,
) -> DeliveryTold | Response:
    """The verification failed: back to the former version, and an investigation (G9)."""
    scene, delivery = await delivery_dependencies.of_delivery(tx, ref, caller, request)
    known = await facts(tx, delivery.wanted, scene.environment)
    version = known.criteria.version
    said = fail(delivery, asked.argument, asked.evidence, version, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "delivery.fail", f"delivery/{delivery.id}", said)
    set_etag(response, said.delivery.sequence + 1)
    return await _ended(scene, said, "delivery.fail")


async def _ended(scene: Scene, said: Judged, action: str) -> DeliveryTold:
    good = said.delivery.state == "delivered"
    event: type[DeliveryEvent] = DeliveryVerified if good else DeliveryRolledBack
    return await told(scene.tx, await record_judged(scene, said, event, action, ()))

"""Deferred requests are tried again, unchanged, when what was missing may have come (G9)."""

from common.events.deliveries import DeliveryEvent, DeliveryRefused, DeliveryReviewable
from common.persistence.database import Connection, moment
from delivery_gate.deliveries.commands import By, Scene, record_judged
from delivery_gate.deliveries.domain.delivery import evaluate
from delivery_gate.deliveries.store import deliveries
from delivery_gate.deliveries.store.evaluation_input import facts
from delivery_gate.environments import store as environments
from delivery_gate.versions.domain import Version


async def try_deferred_again(tx: Connection, version: Version, by: By) -> None:
    """Judge every request that waits for verdicts on this digest. Still deferred changes nothing."""
    for environment_id, id in await deliveries.deferred_places(tx, version.product, version.digest):
        environment = await environments.lock(tx, environment_id)
        delivery = await deliveries.lock(tx, id)
        if delivery.state != "evaluating":
            continue
        scene = Scene(tx, environment, by, await moment(tx))
        known = await facts(tx, delivery.wanted, environment)
        judged = evaluate(delivery, known, scene.at)
        if judged.verdict.outcome != "deferred":
            event: type[DeliveryEvent] = DeliveryRefused if judged.refuses else DeliveryReviewable
            await record_judged(scene, judged, event, "delivery.evaluate", known.follow_ups)

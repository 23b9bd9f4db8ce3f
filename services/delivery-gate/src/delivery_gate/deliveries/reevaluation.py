"""Deferred requests are tried again, unchanged, when what was missing may have come (G9)."""

from common.events.deliveries import DeliveryEvent, DeliveryReadyForReview, DeliveryRefused
from common.persistence.database import Connection, transaction_time
from delivery_gate.deliveries.commands import Actor, CommandContext, save_verdict
from delivery_gate.deliveries.domain.delivery import evaluate_delivery
from delivery_gate.deliveries.store import deliveries
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.environments import store as environments
from delivery_gate.versions.domain import Version


async def reevaluate_deferred(tx: Connection, version: Version, actor: Actor) -> None:
    """Judge every request that waits for verdicts on this digest. Still deferred changes nothing."""
    for environment_id, id in await deliveries.list_deferred_ids(
        tx, version.product, version.digest
    ):
        environment = await environments.lock(tx, environment_id)
        delivery = await deliveries.lock(tx, id)
        if delivery.state != "evaluating":
            continue
        context = CommandContext(tx, environment, actor, await transaction_time(tx))
        evaluation_input = await load_evaluation_input(tx, delivery.requested, environment)
        evaluation = evaluate_delivery(delivery, evaluation_input, context.at)
        if evaluation.verdict.outcome != "deferred":
            event: type[DeliveryEvent] = (
                DeliveryRefused if evaluation.is_refusal else DeliveryReadyForReview
            )
            await save_verdict(
                context, evaluation, event, "delivery.evaluate", evaluation_input.follow_ups
            )

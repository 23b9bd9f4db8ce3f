"""Steps of a delivery: each stores it, publishes its events and audits it, in one transaction."""

from collections.abc import Mapping
from typing import Any

from common.domain import Actor
from common.events.deliveries import (
    DeliveryDeferred,
    DeliveryEvent,
    DeliveryReadyForReview,
    DeliveryRefused,
    DeliverySubmitted,
    DeliverySuperseded,
)
from common.messaging.outbox import publish
from common.persistence.database import Connection, transaction_time
from common.scheduling.deadlines import Deadline, schedule
from delivery_gate.deliveries.domain.delivery import (
    WAITING_STATES,
    Delivery,
    Evaluation,
    close_waiting,
    evaluate_delivery,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.events import delivery_event, to_violations
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.emergencies.commands import settle_debt
from delivery_gate.environments import store as environments
from delivery_gate.environments.commands import record_version
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.follow_ups.commands import open_follow_up
from delivery_gate.follow_ups.domain import FollowUp, HeldVersion, follow_up_work
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Version

APPROVAL_TIMEOUT = "approval_timeout"
"""The kind of deadline at which a waiting request expires; its subject is the delivery."""


async def record_submission(
    context: EnvironmentContext, evaluation: Evaluation, evaluation_input: EvaluationInput
) -> Delivery:
    """Store a new request with its first verdict. An accepted one publishes its submission alone."""
    counted = not evaluation.verdict.held_by_follow_up
    await deliveries.add(context.tx, evaluation.delivery, context.environment, counted=counted)
    submitted = await _publish_event(context, evaluation.delivery, DeliverySubmitted)
    expires_at = context.at + evaluation_input.criteria.approval_timeout
    await schedule(context.tx, [Deadline(APPROVAL_TIMEOUT, submitted.id, expires_at)])
    verdict = evaluation.verdict
    event = {"refused": DeliveryRefused, "deferred": DeliveryDeferred}.get(verdict.outcome)
    return await save_verdict(
        context,
        Evaluation(submitted, verdict),
        event,
        "delivery.submit",
        evaluation_input.follow_ups,
    )


async def reevaluate_deferred(tx: Connection, version: Version, actor: Actor) -> None:
    """Evaluate again every request that was deferred and names this digest (G9).

    One that is deferred again stays as it is.
    """
    ids = await deliveries.list_deferred_ids(tx, version.product, version.digest)
    for environment_id, id in ids:
        environment = await environments.lock(tx, environment_id)
        delivery = await deliveries.lock(tx, id)
        if delivery.state == "evaluating":
            context = EnvironmentContext(tx, actor, await transaction_time(tx), environment)
            await _reevaluate(context, delivery)


async def _reevaluate(context: EnvironmentContext, delivery: Delivery) -> None:
    evaluation_input = await load_evaluation_input(
        context.tx, delivery.requested, context.environment
    )
    evaluation = evaluate_delivery(delivery, evaluation_input, context.at)
    if evaluation.verdict.outcome == "deferred":
        return
    event: type[DeliveryEvent] = (
        DeliveryRefused if evaluation.is_refusal else DeliveryReadyForReview
    )
    await save_verdict(context, evaluation, event, "delivery.evaluate", evaluation_input.follow_ups)


async def record_delivered(
    context: EnvironmentContext, delivery: Delivery, version: Version
) -> None:
    """Record that the version runs: its debt is paid, requests for older ones are superseded (G8,
    G11)."""
    paid = await record_version(context, version)
    if paid is not None:
        await settle_debt(context, paid, delivery.id, delivery.key, version.name)
    older_names = await versions.list_older_names(context.tx, version)
    for older in await deliveries.lock_waiting(
        context.tx, context.environment.id, version.product, older_names
    ):
        await save_step(
            context,
            close_waiting(older, "superseded", context.at),
            DeliverySuperseded,
            "delivery.supersede",
            superseded_by=delivery.key,
        )


async def save_step(
    context: EnvironmentContext,
    delivery: Delivery,
    event: type[DeliveryEvent],
    action: str,
    **more: Any,
) -> Delivery:
    """Store a step of a locked delivery that no verdict belongs to."""
    stored = await _publish_event(context, delivery, event, **more)
    await deliveries.save(context.tx, stored)
    why = {"reason": more["reason"]} if "reason" in more else {}
    grounds = {"state": stored.state, "attempt": stored.attempt, **why}
    await context.audit(action, f"delivery/{stored.id}", **grounds)
    await _cancel_approval_timeout(context.tx, stored)
    return stored


async def save_verdict(
    context: EnvironmentContext,
    evaluation: Evaluation,
    event: type[DeliveryEvent] | None,
    action: str,
    holding: tuple[FollowUp, ...],
) -> Delivery:
    """Store a locked delivery with a new verdict, and open the follow-ups that it obliges to.

    `holding`: the follow-ups that held the version before. `event` None: nothing is published,
    because the submission says it all.
    """
    opened = await _open_follow_ups(context, evaluation)
    stored = evaluation.delivery
    if event is not None:
        stored = await _publish_event(context, stored, event, **_event_reasons(event, evaluation))
    await deliveries.save(context.tx, stored)
    work = [follow_up.key for follow_up in (*holding, *opened)] if evaluation.is_refusal else []
    await _record_verdict(context, stored, evaluation, work, action)
    await _cancel_approval_timeout(context.tx, stored)
    return stored


async def _record_verdict(
    context: EnvironmentContext,
    stored: Delivery,
    evaluation: Evaluation,
    follow_ups: list[str],
    action: str,
) -> None:
    verdict, customer = evaluation.verdict, context.environment.customer
    await verdicts.record(context.tx, stored.id, customer, verdict, follow_ups, context.actor.sub)
    await context.audit(
        action,
        f"delivery/{stored.id}",
        outcome=verdict.outcome,
        reasons=[reason.code.value for reason in verdict.reasons],
        follow_ups=follow_ups,
        state=stored.state,
    )


async def _open_follow_ups(context: EnvironmentContext, evaluation: Evaluation) -> list[FollowUp]:
    tasks = follow_up_work(evaluation.verdict, evaluation.work)
    delivery = evaluation.delivery
    held = HeldVersion(delivery.requested.product, delivery.requested.name, delivery.digest)
    return [
        await open_follow_up(context, kind, tasks[kind], delivery.id, held)
        for kind in sorted(tasks)
    ]


async def _publish_event(
    context: EnvironmentContext, delivery: Delivery, event: type[DeliveryEvent], **more: Any
) -> Delivery:
    stored, outbox_event = delivery_event(
        event, delivery, context.environment, context.at, context.actor.sub, **more
    )
    await publish(context.tx, outbox_event)
    return stored


async def _cancel_approval_timeout(tx: Connection, delivery: Delivery) -> None:
    if delivery.state not in WAITING_STATES:
        await schedule(tx, [Deadline(APPROVAL_TIMEOUT, delivery.id, None)])


def _event_reasons(event: type[DeliveryEvent], evaluation: Evaluation) -> Mapping[str, Any]:
    if "reasons" not in event.model_fields:
        return {}
    return {"reasons": to_violations(evaluation.verdict.reasons)}

"""Events about deliveries."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.deliveries import DeliveryEvent, Shortcoming
from common.messaging.outbox import OutboxEvent
from delivery_gate.criteria.domain.verdict import Reason
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.environments.domain import Environment


def delivery_event(
    event: type[DeliveryEvent],
    delivery: Delivery,
    environment: Environment,
    at: datetime,
    actor: str | None,
    **more: Any,
) -> tuple[Delivery, OutboxEvent]:
    """The delivery with its next sequence, and the event; `more` are the event's own fields.

    The version of a request that names none is an empty text in the event.
    """
    updated = replace(delivery, sequence=delivery.sequence + 1)
    payload = event(
        at=at,
        delivery_id=updated.id,
        delivery=updated.key,
        version_id=updated.version_id,
        product=updated.requested.product,
        version=updated.requested.name or "",
        digest=updated.digest,
        environment_id=environment.id,
        environment=environment.key,
        customer=environment.customer,
        attempt=updated.attempt,
        state=updated.state,
        by=actor,
        **more,
    )
    return updated, OutboxEvent(payload, updated.sequence)


def to_violations(reasons: Iterable[Reason]) -> list[Shortcoming]:
    """The reasons of a verdict as events carry them: without evidence."""
    return [
        Shortcoming(
            code=reason.code, criterion=reason.criterion, justification=reason.justification
        )
        for reason in reasons
    ]

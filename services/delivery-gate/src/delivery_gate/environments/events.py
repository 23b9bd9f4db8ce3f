"""Events about environments."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.deliveries import EnvironmentEvent
from common.messaging.outbox import OutboxEvent
from delivery_gate.environments.domain import Environment


def environment_event(
    event: type[EnvironmentEvent], environment: Environment, at: datetime, **more: Any
) -> tuple[Environment, OutboxEvent]:
    """The environment with its next sequence, and the event; `more` are the event's own fields."""
    updated = replace(environment, sequence=environment.sequence + 1)
    payload = event(
        at=at, environment_id=updated.id, environment=updated.key, customer=updated.customer, **more
    )
    return updated, OutboxEvent(payload, updated.sequence)

"""Events about emergency changes."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.deliveries import EmergencyEvent
from common.messaging.outbox import OutboxEvent
from delivery_gate.emergencies.domain import EmergencyChange
from delivery_gate.environments.domain import Environment


def emergency_event(
    event: type[EmergencyEvent],
    change: EmergencyChange,
    environment: Environment,
    at: datetime,
    actor: str | None,
    **more: Any,
) -> tuple[EmergencyChange, OutboxEvent]:
    """The change with its next sequence, and the event; `more` are the event's own fields."""
    updated = replace(change, sequence=change.sequence + 1)
    payload = event(
        at=at,
        emergency_id=updated.id,
        emergency=updated.key,
        environment_id=environment.id,
        environment=environment.key,
        customer=environment.customer,
        ticket_id=updated.ticket_id,
        ticket=updated.ticket,
        state=updated.state,
        by=actor,
        **more,
    )
    return updated, OutboxEvent(payload, updated.sequence)

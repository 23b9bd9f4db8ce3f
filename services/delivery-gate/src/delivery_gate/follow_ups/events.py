"""Events about follow-ups."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.deliveries import FollowUpEvent
from common.messaging.outbox import OutboxEvent
from delivery_gate.follow_ups.domain import FollowUp


def follow_up_event(
    event: type[FollowUpEvent], follow_up: FollowUp, at: datetime, actor: str | None, **more: Any
) -> tuple[FollowUp, OutboxEvent]:
    """The follow-up with its next sequence, and the event; `more` are the event's own fields."""
    updated = replace(follow_up, sequence=follow_up.sequence + 1)
    held = updated.held
    payload = event(
        at=at,
        follow_up_id=updated.id,
        follow_up=updated.key,
        kind=updated.kind,
        product=held.product if held else None,
        version=held.name if held else None,
        environment=updated.environment,
        reason=updated.task,
        by=actor,
        **more,
    )
    return updated, OutboxEvent(payload, updated.sequence)

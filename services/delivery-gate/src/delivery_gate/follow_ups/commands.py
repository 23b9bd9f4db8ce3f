"""Steps of a follow-up: each stores it and publishes its event."""

from typing import Any
from uuid import UUID

from common.events.follow_ups import FollowUpClosed, FollowUpEvent, FollowUpOpened
from common.messaging.outbox import publish
from common.persistence.ids import uuid7
from common.persistence.keys import next_key
from delivery_gate.criteria.domain.verdict import FollowUpKind
from delivery_gate.environments.commands import record_explanation
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.follow_ups import store
from delivery_gate.follow_ups.domain import FollowUp, HeldVersion
from delivery_gate.follow_ups.events import follow_up_event


async def open_follow_up(
    context: EnvironmentContext,
    kind: FollowUpKind,
    task: str,
    delivery_id: UUID | None = None,
    held: HeldVersion | None = None,
    emergency_id: UUID | None = None,
) -> FollowUp:
    """Open a follow-up; `held` may not be delivered until it is confirmed.

    `delivery_id`: the refused delivery, `emergency_id`: the emergency change that was applied without
    a Blocker; both None for the drift of an environment.
    """
    follow_up = FollowUp(
        id=uuid7(),
        key=await next_key(context.tx, "FUP", "follow_up_numbers"),
        kind=kind,
        task=task,
        delivery_id=delivery_id,
        environment=context.environment.key,
        held=held,
        opened_at=context.at,
        emergency_id=emergency_id,
    )
    stored, event = follow_up_event(FollowUpOpened, follow_up, context.at, context.actor.sub)
    await store.add(context.tx, stored, context.environment.id)
    await publish(context.tx, event)
    return stored


async def save_step(
    context: EnvironmentContext,
    follow_up: FollowUp,
    event: type[FollowUpEvent],
    action: str,
    **more: Any,
) -> FollowUp:
    """Store a step of a locked follow-up, publish its event and audit it."""
    stored, outbox_event = follow_up_event(event, follow_up, context.at, context.actor.sub, **more)
    await store.save(context.tx, stored)
    await publish(context.tx, outbox_event)
    named = {name: value for name, value in more.items() if value is not None}
    await context.audit(
        action, f"follow-up/{stored.id}", key=stored.key, state=stored.state, **named
    )
    return stored


async def record_confirmation(context: EnvironmentContext, follow_up: FollowUp) -> FollowUp:
    """Store a confirmed follow-up. The investigation of a drift explains the drift (G10)."""
    drift = context.environment.drift
    if drift is not None and follow_up.explains(drift.started_at):
        await record_explanation(context)
    return await save_step(
        context, follow_up, FollowUpClosed, "follow_up.confirm", closed_by=follow_up.closed_by
    )

"""Steps of an emergency change: each stores it, publishes its event and audits it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common.events.emergencies import (
    EmergencyApplied,
    EmergencyAuthorized,
    EmergencyBlockerConfirmed,
    EmergencyEvent,
    EmergencyLapsed,
    EmergencyRequested,
    EmergencyRevoked,
    EmergencySettled,
    EmergencyWithoutBlocker,
)
from common.messaging.outbox import publish
from common.persistence.keys import next_key
from delivery_gate.emergencies.domain import EmergencyChange, lapse, settle, with_key
from delivery_gate.emergencies.events import emergency_event
from delivery_gate.emergencies.store import emergency_changes as store
from delivery_gate.environments.commands import record_debt, record_release
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.domain import Debt


async def record_request(context: EnvironmentContext, change: EmergencyChange) -> EmergencyChange:
    """Store a requested change under its new key."""
    requested = with_key(change, await next_key(context.tx, "EMC", "emergency_numbers"))
    stored, event = emergency_event(
        EmergencyRequested, requested, context.environment, context.at, context.actor.sub
    )
    await store.add(context.tx, stored, context.environment)
    await publish(context.tx, event)
    await context.audit("emergency.request", f"emergency/{stored.id}", ticket=stored.ticket)
    return stored


async def record_authorization(
    context: EnvironmentContext, change: EmergencyChange
) -> EmergencyChange:
    """Store that a second person has authorized the change."""
    stored = await _save_step(context, change, EmergencyAuthorized)
    await context.audit("emergency.authorize", f"emergency/{stored.id}", ticket=stored.ticket)
    return stored


async def record_application(
    context: EnvironmentContext, change: EmergencyChange, due_after: timedelta
) -> EmergencyChange:
    """Store that the change is applied; the environment is in debt until a version containing it is
    delivered (R7).
    """
    stored = await _save_step(context, change, EmergencyApplied)
    due_at = await record_debt(context, stored.id, stored.key, due_after)
    grounds = {"ticket": stored.ticket, "debt_due_at": due_at}
    await context.audit("emergency.apply", f"emergency/{stored.id}", **grounds)
    return stored


async def record_revocation(
    context: EnvironmentContext, change: EmergencyChange, reason: str
) -> EmergencyChange:
    """Store that the change is revoked for this reason."""
    stored = await _save_step(context, change, EmergencyRevoked, reason=reason)
    await context.audit("emergency.revoke", f"emergency/{stored.id}", ticket=stored.ticket)
    return stored


async def record_mark(
    context: EnvironmentContext, change: EmergencyChange, reason: str
) -> EmergencyChange:
    """Store that the Blocker had ended before the change was applied (G8); `reason`: how it ended."""
    stored = await _save_step(
        context,
        change,
        EmergencyWithoutBlocker,
        applied_at=change.applied_at,
        blocker_ended_at=change.blocker_ended_at,
        reason=reason,
    )
    grounds = {"ticket": stored.ticket, "blocker_ended_at": stored.blocker_ended_at}
    await context.audit("emergency.without_blocker", f"emergency/{stored.id}", **grounds)
    return stored


async def record_withdrawn_mark(
    context: EnvironmentContext, change: EmergencyChange
) -> EmergencyChange:
    """Store that the Blocker was open again when the change was applied. The investigation goes on:
    a person closes it with this as evidence."""
    stored = await _save_step(
        context, change, EmergencyBlockerConfirmed, applied_at=change.applied_at
    )
    await context.audit("emergency.confirm_blocker", f"emergency/{stored.id}", ticket=stored.ticket)
    return stored


async def settle_debt(
    context: EnvironmentContext, debt: Debt, delivery_id: UUID, delivery: str, version: str
) -> None:
    """Settle the change whose debt this delivery (id and key) of this version has paid (G8)."""
    change = settle(await store.lock(context.tx, debt.change_id), delivery_id, context.at)
    stored = await _save_step(context, change, EmergencySettled, version=version)
    await context.audit("emergency.settle", f"emergency/{stored.id}", delivery=delivery)


async def lapse_debt(context: EnvironmentContext, debt: Debt, reason: str) -> None:
    """Let the debt of an ended environment lapse, and the change that it is for (G8)."""
    change = lapse(await store.lock(context.tx, debt.change_id), context.at)
    stored = await _save_step(context, change, EmergencyLapsed, reason=reason)
    await context.audit("emergency.lapse", f"emergency/{stored.id}", reason=reason)
    await record_release(context, debt)


async def _save_step(
    context: EnvironmentContext,
    change: EmergencyChange,
    event: type[EmergencyEvent],
    **more: Any,
) -> EmergencyChange:
    stored, outbox_event = emergency_event(
        event, change, context.environment, context.at, context.actor.sub, **more
    )
    await store.save(context.tx, stored)
    await publish(context.tx, outbox_event)
    return stored

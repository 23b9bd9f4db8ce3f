"""What follows on an environment once a version was delivered or an emergency change applied."""

from datetime import timedelta

from common.events.deliveries import (
    DeliverySuperseded,
    EmergencyApplied,
    EmergencyRevoked,
    EmergencySettled,
    EnvironmentCompliant,
    EnvironmentDrifted,
    EnvironmentInDebt,
)
from common.messaging.outbox import publish
from common.scheduling.deadlines import Deadline, schedule
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import DEBT, CommandContext, open_follow_up, save_step
from delivery_gate.deliveries.domain.delivery import Delivery, close_waiting
from delivery_gate.deliveries.store import deliveries
from delivery_gate.emergencies import store as emergencies
from delivery_gate.emergencies.domain import EmergencyChange, settle
from delivery_gate.environments import domain as environment_rules
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Debt, Environment
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Version


async def record_delivery(context: CommandContext, delivery: Delivery, version: Version) -> None:
    """It runs now: its debt is paid, what it overtook is superseded (G8, G11)."""
    debt = context.environment.debt
    after = environment_rules.apply_version(context.environment, version)
    await _save_change(context, after)
    if debt is not None and after.debt is None:
        await _settle_emergency(context, debt, delivery, version)
    overtaken = await deliveries.lock_waiting(
        context.tx, after.id, version.product, await versions.list_older_names(context.tx, version)
    )
    for older in overtaken:
        superseded = close_waiting(older, "superseded", context.at)
        superseded_by = delivery.key
        await save_step(
            context,
            superseded,
            DeliverySuperseded,
            "delivery.supersede",
            superseded_by=superseded_by,
        )


async def _settle_emergency(
    context: CommandContext, debt: Debt, delivery: Delivery, version: Version
) -> None:
    change = settle(await emergencies.lock(context.tx, debt.change_id), delivery.id, context.at)
    stored, event = events.emergency_event(
        EmergencySettled,
        change,
        context.environment,
        context.at,
        context.actor.sub,
        version=version.name,
    )
    await emergencies.save(context.tx, stored)
    await publish(context.tx, event)
    await context.audit("emergency.settle", f"emergency/{stored.id}", delivery=delivery.key)
    await schedule(context.tx, [Deadline(DEBT, context.environment.id, None)])


async def record_applied(
    context: CommandContext, change: EmergencyChange, due_after: timedelta
) -> EmergencyChange:
    """The environment owes a version with this change from now on (R7)."""
    stored, event = events.emergency_event(
        EmergencyApplied, change, context.environment, context.at, context.actor.sub
    )
    await emergencies.save(context.tx, stored)
    owing = environment_rules.incur_debt(
        context.environment, stored.id, stored.key, context.at, due_after
    )
    due_at = context.at + due_after
    owing, owed = events.environment_event(
        EnvironmentInDebt,
        owing,
        context.at,
        emergency_id=stored.id,
        emergency=stored.key,
        due_at=due_at,
    )
    await environments.save(context.tx, owing)
    await publish(context.tx, event, owed)
    await schedule(context.tx, [Deadline(DEBT, owing.id, due_at)])
    grounds = {"ticket": stored.ticket, "debt_due_at": due_at}
    await context.audit("emergency.apply", f"emergency/{stored.id}", **grounds)
    return stored


async def record_revoked(
    context: CommandContext, change: EmergencyChange, why: str
) -> EmergencyChange:
    stored, event = events.emergency_event(
        EmergencyRevoked, change, context.environment, context.at, context.actor.sub, reason=why
    )
    await emergencies.save(context.tx, stored)
    await publish(context.tx, event)
    await context.audit("emergency.revoke", f"emergency/{stored.id}", ticket=stored.ticket)
    return stored


async def record_observation(
    context: CommandContext, product: str, digest: str | None
) -> Environment:
    """A monitor says what runs: as expected, or drift, which is investigated (G10)."""
    after = environment_rules.observe(context.environment, product, digest, context.at)
    if after.state == "drifted" and context.environment.state != "drifted":
        seen = digest or "no digest"
        after, event = events.environment_event(
            EnvironmentDrifted, after, context.at, observed=seen
        )
        await environments.save(context.tx, after)
        await publish(context.tx, event)
        await context.audit("environment.drift", f"environment/{after.id}", digest=digest)
        demand = f"UNAUTHORIZED_CHANGE: find out who put {seen} of {product} on {after.key}."
        await open_follow_up(context, "investigation", demand, None, None)
        return after
    return await _save_change(context, after)


async def record_explanation(context: CommandContext) -> Environment:
    """The investigation of the drift was confirmed (G10)."""
    return await _save_change(context, environment_rules.accept_drift(context.environment))


async def _save_change(context: CommandContext, after: Environment) -> Environment:
    """Store it; tell where it became compliant."""
    if after == context.environment:
        return after
    if after.state == "compliant" != context.environment.state:
        after, event = events.environment_event(EnvironmentCompliant, after, context.at)
        await publish(context.tx, event)
        await context.audit("environment.comply", f"environment/{after.id}")
    await environments.save(context.tx, after)
    return after

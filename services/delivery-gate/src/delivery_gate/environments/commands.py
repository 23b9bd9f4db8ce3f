"""Changes of an environment: its debt, its drift, and what runs on it."""

from datetime import datetime, timedelta
from uuid import UUID

from common.events.environments import (
    EnvironmentCompliant,
    EnvironmentDebtOverdue,
    EnvironmentDrifted,
    EnvironmentInDebt,
    EnvironmentReleased,
)
from common.messaging.outbox import publish
from common.scheduling.deadlines import Deadline, schedule
from delivery_gate.environments import store
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.domain import (
    Debt,
    Deliverable,
    Environment,
    accept_drift,
    apply_version,
    incur_debt,
    release,
)
from delivery_gate.environments.events import environment_event

DEBT = "debt"
"""The kind of deadline at which a debt is overdue; its subject is the environment."""


async def record_version(context: EnvironmentContext, version: Deliverable) -> Debt | None:
    """Record that this version runs now. Returns the debt that it paid, if any (G8)."""
    debt = context.environment.debt
    after = await save_change(context, apply_version(context.environment, version))
    if debt is None or after.debt is not None:
        return None
    await schedule(context.tx, [Deadline(DEBT, context.environment.id, None)])
    return debt


async def record_debt(
    context: EnvironmentContext, change: UUID, key: str, due_after: timedelta
) -> datetime:
    """Let the environment owe a version with this emergency change (R7). Returns the due time."""
    due_at = context.at + due_after
    owing = incur_debt(context.environment, change, key, context.at, due_after)
    stored, event = environment_event(
        EnvironmentInDebt, owing, context.at, emergency_id=change, emergency=key, due_at=due_at
    )
    await store.save(context.tx, stored)
    await publish(context.tx, event)
    await schedule(context.tx, [Deadline(DEBT, stored.id, due_at)])
    return due_at


async def record_overdue_debt(context: EnvironmentContext, overdue: Environment) -> None:
    """Record that the debt of this environment was not paid in time, and publish it for escalation."""
    debt = overdue.debt
    assert debt is not None
    stored, event = environment_event(
        EnvironmentDebtOverdue,
        overdue,
        context.at,
        emergency_id=debt.change_id,
        emergency=debt.change,
        due_at=debt.due_at,
        fired_at=context.at,
    )
    await store.save(context.tx, stored)
    await publish(context.tx, event)
    await context.audit("environment.debt_overdue", f"environment/{stored.id}", change=debt.change)


async def record_release(context: EnvironmentContext, debt: Debt) -> None:
    """Record that the ended environment owes nothing any more: this debt lapses with it (G8)."""
    stored, event = environment_event(
        EnvironmentReleased,
        release(context.environment),
        context.at,
        emergency_id=debt.change_id,
        emergency=debt.change,
    )
    await store.save(context.tx, stored)
    await publish(context.tx, event)
    await schedule(context.tx, [Deadline(DEBT, stored.id, None)])
    await context.audit("environment.release", f"environment/{stored.id}", change=debt.change)


async def record_drift(
    context: EnvironmentContext, drifted: Environment, digest: str | None
) -> Environment:
    """Record that the environment has drifted: `digest` was seen on it (G10)."""
    stored, event = environment_event(
        EnvironmentDrifted, drifted, context.at, observed=digest or "no digest"
    )
    await store.save(context.tx, stored)
    await publish(context.tx, event)
    await context.audit("environment.drift", f"environment/{stored.id}", digest=digest)
    return stored


async def record_explanation(context: EnvironmentContext) -> Environment:
    """Record that the drift was investigated and is explained (G10)."""
    return await save_change(context, accept_drift(context.environment))


async def save_change(context: EnvironmentContext, after: Environment) -> Environment:
    """Store what became of the environment; publish an event where it became compliant."""
    if after == context.environment:
        return after
    if after.state == "compliant" != context.environment.state:
        after, event = environment_event(EnvironmentCompliant, after, context.at)
        await publish(context.tx, event)
        await context.audit("environment.comply", f"environment/{after.id}")
    await store.save(context.tx, after)
    return after

"""What follows from an observation."""

from delivery_gate.environments.commands import record_drift, save_change
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.domain import Environment, observe
from delivery_gate.follow_ups.commands import open_follow_up


async def record_observation(
    context: EnvironmentContext, product: str, digest: str | None
) -> Environment:
    """Record what a monitor sees. A new drift opens an investigation (G10)."""
    before = context.environment
    after = observe(before, product, digest, context.at)
    if after.state != "drifted" or before.state == "drifted":
        return await save_change(context, after)
    stored = await record_drift(context, after, digest)
    seen = digest or "no digest"
    task = f"UNAUTHORIZED_CHANGE: find out who put {seen} of {product} on {after.key}."
    await open_follow_up(context, "investigation", task)
    return stored

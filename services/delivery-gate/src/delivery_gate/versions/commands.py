"""Storing versions and the results of checks on them."""

from collections.abc import Sequence

from common.messaging.outbox import publish
from delivery_gate.command_context import CommandContext
from delivery_gate.criteria.domain.criteria import Check
from delivery_gate.products import store as products
from delivery_gate.versions import store
from delivery_gate.versions.domain import Version
from delivery_gate.versions.events import version_event


async def record_version(context: CommandContext, version: Version) -> None:
    """Store a new version of a locked product, publish its event and audit it."""
    await store.add(context.tx, version)
    await products.save_version_count(context.tx, version.product, version.ordinal)
    await publish(context.tx, version_event(version))
    grounds = {"name": version.name, "digest": version.digest}
    await context.audit("version.register", f"version/{version.id}", **grounds)


async def record_checks(context: CommandContext, version: Version, runs: Sequence[Check]) -> None:
    """Store the results of checks on a version and audit them."""
    await store.add_checks(context.tx, version, runs, context.actor.sub)
    results = {run.kind: run.result for run in runs}
    await context.audit("version.check", f"version/{version.id}", results=results)

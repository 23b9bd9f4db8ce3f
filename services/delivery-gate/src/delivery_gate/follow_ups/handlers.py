"""Events that oblige to a follow-up."""

from common.events.envelope import ReceivedEvent
from common.events.tickets import BlockerLifted
from common.persistence.database import Connection, transaction_time
from delivery_gate.command_context import SYSTEM
from delivery_gate.emergencies.domain import EmergencyChange
from delivery_gate.emergencies.store import emergency_changes
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.follow_ups import store
from delivery_gate.follow_ups.commands import open_follow_up


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """Open an investigation of each change that was applied after this Blocker had ended (G8)."""
    for change in await emergency_changes.list_without_blocker(tx, received.event.ticket_id):
        if not await store.has_investigation(tx, change.id):
            await _investigate(tx, change)


async def _investigate(tx: Connection, change: EmergencyChange) -> None:
    environment_id = await emergency_changes.get_environment_id(tx, change.id)
    environment = await environments.get(tx, environment_id)
    context = EnvironmentContext(tx, SYSTEM, await transaction_time(tx), environment)
    task = (
        f"{change.key} was applied on {change.environment} after {change.ticket} had ended as its"
        " Blocker: find out why it was applied all the same, and whether it has to be taken back."
    )
    await open_follow_up(context, "investigation", task, emergency_id=change.id)

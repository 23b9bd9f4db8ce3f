"""The end of an environment: nothing waits to be brought there any more."""

from common.events.deliveries import DeliveryWithdrawn
from common.events.directory import EnvironmentKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection, transaction_time
from delivery_gate.command_context import SYSTEM
from delivery_gate.deliveries.commands import save_step
from delivery_gate.deliveries.domain.delivery import close_waiting
from delivery_gate.deliveries.store import deliveries
from delivery_gate.emergencies.commands import lapse_debt, record_revocation
from delivery_gate.emergencies.domain import EmergencyChange, revoke
from delivery_gate.emergencies.store import emergency_changes
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext


async def on_environment_ended(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    """Close what waits on an environment that was ended, or its customer, and let its debt lapse (G8).

    A delivery that is being rolled out goes on to its end: only a person knows what runs there.
    """
    environment = await environments.lock(tx, received.event.environment_id)
    if not environment.retired:
        return
    context = EnvironmentContext(tx, SYSTEM, await transaction_time(tx), environment)
    reason = f"{environment.key} was ended."
    await _withdraw_waiting(context, reason)
    await _revoke_pending(context, reason)
    if environment.debt is not None:
        await lapse_debt(context, environment.debt, reason)


async def _withdraw_waiting(context: EnvironmentContext, reason: str) -> None:
    for delivery in await deliveries.lock_all_waiting(context.tx, context.environment.id):
        withdrawn = close_waiting(delivery, "withdrawn", context.at)
        await save_step(context, withdrawn, DeliveryWithdrawn, "delivery.withdraw", reason=reason)


async def _revoke_pending(context: EnvironmentContext, reason: str) -> None:
    pending = await emergency_changes.get_pending(context.tx, context.environment.id)
    revoked = pending and revoke(pending, reason, context.at)
    if isinstance(revoked, EmergencyChange):
        await record_revocation(context, revoked, reason)

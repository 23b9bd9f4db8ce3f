"""Events about environments."""

from common.events.directory import EnvironmentKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from delivery_gate.environments import store
from delivery_gate.environments.domain import Environment


async def on_environment_known(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    """Store an environment as the directory describes it: its key, customer, tier and name."""
    event = received.event
    environment = Environment(
        event.environment_id,
        event.environment,
        event.customer_id,
        event.customer,
        event.tier,
        retired=event.retired,
    )
    await store.upsert(tx, environment, event.name)

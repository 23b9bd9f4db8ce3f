"""Environments that owe a version after an emergency change."""

from common.events.deliveries import EnvironmentCompliant, EnvironmentDebtOverdue
from common.events.envelope import Received
from common.persistence.database import Connection
from escalation.cases.handlers.closing import end
from escalation.cases.new_case import tier, trigger
from escalation.policies.domain.trigger import Trigger


async def on_debt_overdue(tx: Connection, received: Received[EnvironmentDebtOverdue]) -> None:
    """The version that must contain the emergency change is overdue: DM and PO hear of it (G8)."""
    event = received.event
    title = f"{event.environment}: no version contains emergency change {event.emergency} yet"
    cause = Trigger(
        "debt_overdue",
        "critical",
        f"debt/{event.environment_id}",
        title,
        event.at,
        customer=event.customer,
        environment=event.environment,
        tier=await tier(tx, event.environment),
        breaks_at=event.due_at,
    )
    await trigger(tx, cause, title)


async def on_environment_compliant(
    tx: Connection, received: Received[EnvironmentCompliant]
) -> None:
    event = received.event
    settled = f"{event.environment} owes nothing any more"
    await end(tx, {f"debt/{event.environment_id}": settled})

"""Environments that owe a version after an emergency change."""

from common.events.deliveries import EnvironmentCompliant, EnvironmentDebtOverdue
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from escalation.cases.handlers.closing import resolve_cases
from escalation.cases.new_case import environment_tier, open_or_join
from escalation.policies.domain.trigger import Trigger


async def on_debt_overdue(tx: Connection, received: ReceivedEvent[EnvironmentDebtOverdue]) -> None:
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
        tier=await environment_tier(tx, event.environment),
        expected_breach_at=event.due_at,
    )
    await open_or_join(tx, cause, title)


async def on_environment_compliant(
    tx: Connection, received: ReceivedEvent[EnvironmentCompliant]
) -> None:
    event = received.event
    settled = f"{event.environment} owes nothing any more"
    await resolve_cases(tx, {f"debt/{event.environment_id}": settled})

"""Environments that owe a version after an emergency change (G8)."""

from common.events.envelope import ReceivedEvent
from common.events.environments import (
    EnvironmentCompliant,
    EnvironmentDebtOverdue,
    EnvironmentReleased,
)
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import environment_tier, open_or_join
from escalation.policies.domain.trigger import Trigger


async def on_debt_overdue(tx: Connection, received: ReceivedEvent[EnvironmentDebtOverdue]) -> None:
    """Inform DM and PO that the version with the emergency change is overdue (G8, R5)."""
    event = received.event
    title = f"{event.environment}: no version contains emergency change {event.emergency} yet"
    trigger = Trigger(
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
    await open_or_join(tx, trigger, title)


async def on_environment_compliant(
    tx: Connection, received: ReceivedEvent[EnvironmentCompliant]
) -> None:
    """Resolve the case of an overdue version once the environment has it."""
    event = received.event
    reason = f"{event.environment} is compliant again"
    await resolve_cases(tx, {f"debt/{event.environment_id}": reason})


async def on_environment_released(
    tx: Connection, received: ReceivedEvent[EnvironmentReleased]
) -> None:
    """Resolve the case of an overdue version whose environment was ended: nobody delivers it any more."""
    event = received.event
    await resolve_cases(tx, {f"debt/{event.environment_id}": f"{event.environment} was ended"})

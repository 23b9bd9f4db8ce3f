"""Goals of a month that are about to be missed, or can no longer be met: people are notified (R3)."""

from common.events.envelope import ReceivedEvent
from common.events.goals import GoalAtRisk, GoalEvent, GoalLost
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import open_or_join
from escalation.cases.handlers.naming import name_customer, name_month
from escalation.policies.domain.trigger import Trigger, TriggerKind


async def on_goal_at_risk(tx: Connection, received: ReceivedEvent[GoalAtRisk]) -> None:
    """Inform DM and PO while something can still be done about it."""
    await _open(tx, received.event, "goal_at_risk", "minor", "is at risk")


async def on_goal_lost(tx: Connection, received: ReceivedEvent[GoalLost]) -> None:
    """Open a case of its own, instead of the warning."""
    event = received.event
    await resolve_cases(tx, {_dedup_key(event, "goal_at_risk"): "the goal can no longer be met"})
    await _open(tx, event, "goal_lost", "major", "can no longer be met")


async def _open(
    tx: Connection, event: GoalEvent, kind: TriggerKind, severity: str, text: str
) -> None:
    share = "" if event.share is None else f" ({event.share:.1%} so far)"
    customer = await name_customer(tx, event.customer)
    about = f"{customer}, {name_month(event.month)} ({event.agreement})"
    title = f"{about}: {event.goal} {text}{share}"
    dedup_key = _dedup_key(event, kind)
    trigger = Trigger(kind, severity, dedup_key, title, event.at, customer=event.customer)
    await open_or_join(tx, trigger, title)


def _dedup_key(event: GoalEvent, kind: TriggerKind) -> str:
    return f"goal/{event.goal_id}/{kind}"

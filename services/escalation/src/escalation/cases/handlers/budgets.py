"""A month's allowed downtime: people hear while some of it is left (R3)."""

from common.events.envelope import Received
from common.events.outages import BudgetUsed
from common.persistence.database import Connection
from escalation.cases.handlers.closing import end
from escalation.cases.new_case import trigger
from escalation.policies.domain.trigger import Trigger, TriggerKind

SEVERITY = {0.9: "major", 1.0: "critical"}
"""By share; below, it is minor."""


async def on_budget_used(tx: Connection, received: Received[BudgetUsed]) -> None:
    """A later share joins the same case (E9); used up, it is a case of its own."""
    event = received.event
    gone = event.share >= 1
    kind: TriggerKind = "budget_gone" if gone else "budget_used"
    if gone:
        await end(tx, {_dedup(event, "budget_used"): "the allowed downtime is used up"})
    said = "is used up: the promised availability is missed" if gone else "of it is used up"
    share = "" if gone else f"{event.share:.0%} "
    title = f"{event.agreement}, {event.month[:7]}: allowed downtime, {share}{said}"
    cause = Trigger(
        kind,
        SEVERITY.get(event.share, "minor"),
        _dedup(event, kind),
        title,
        event.at,
        customer=event.customer,
    )
    await trigger(tx, cause, title)


def _dedup(event: BudgetUsed, kind: TriggerKind) -> str:
    return f"budget/{event.budget_id}/{kind}"

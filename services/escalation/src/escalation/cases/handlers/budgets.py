"""Downtime budgets of a month: people are notified while some of it is left (R3)."""

from common.events.envelope import ReceivedEvent
from common.events.outages import DowntimeBudgetThresholdReached
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import open_or_join
from escalation.cases.handlers.naming import name_customer, name_month
from escalation.policies.domain.trigger import Trigger, TriggerKind

SEVERITY_BY_THRESHOLD = {0.9: "major", 1.0: "critical"}
"""By the used ratio; below, it is minor."""


async def on_threshold_reached(
    tx: Connection, received: ReceivedEvent[DowntimeBudgetThresholdReached]
) -> None:
    """A later threshold joins the same case (E9); an exhausted budget is a case of its own."""
    event = received.event
    is_exhausted = event.threshold >= 1
    kind: TriggerKind = (
        "downtime_budget_exhausted" if is_exhausted else "downtime_budget_threshold_reached"
    )
    if is_exhausted:
        earlier = _dedup_key(event, "downtime_budget_threshold_reached")
        await resolve_cases(tx, {earlier: "the allowed downtime is used up"})
    text = "is used up: the promised availability is missed" if is_exhausted else "of it is used up"
    share = "" if is_exhausted else f"{event.threshold:.0%} "
    customer = await name_customer(tx, event.customer)
    about = f"{customer}, {name_month(event.month)} ({event.agreement})"
    title = f"{about}: allowed downtime, {share}{text}"
    trigger = Trigger(
        kind,
        SEVERITY_BY_THRESHOLD.get(event.threshold, "minor"),
        _dedup_key(event, kind),
        title,
        event.at,
        customer=event.customer,
    )
    await open_or_join(tx, trigger, title)


def _dedup_key(event: DowntimeBudgetThresholdReached, kind: TriggerKind) -> str:
    return f"budget/{event.budget_id}/{kind}"

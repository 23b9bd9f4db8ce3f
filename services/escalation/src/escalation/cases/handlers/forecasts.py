"""Promises that are expected to break: who subscribed hears of it before it happens (R3)."""

from common.events.envelope import Received
from common.events.forecasts import ClockForecast
from common.persistence.database import Connection
from escalation.cases.handlers.clocks import METRICS
from escalation.cases.handlers.closing import end
from escalation.cases.new_case import inform, tier
from escalation.policies.domain.trigger import Trigger

GETS_WORSE = {"safe": 0, "at_risk": 1, "likely": 2}


async def on_forecast(tx: Connection, received: Received[ClockForecast]) -> None:
    """One notice for each subscriber when it gets worse. Nobody is paged: it is for planning, and
    whoever must act is woken by the warnings."""
    event = received.event
    if event.outlook == "safe":
        await end(tx, {dedup(event): "it is no longer expected to break"})
    elif event.subscribers and GETS_WORSE[event.outlook] > GETS_WORSE[event.was]:
        await inform(tx, await _cause(tx, event), event.subscribers, " ".join(event.reasons))


def dedup(event: ClockForecast) -> str:
    return f"clock/{event.clock_id}/clock_forecast"


async def _cause(tx: Connection, event: ClockForecast) -> Trigger:
    expected = "is likely to break" if event.outlook == "likely" else "may break"
    metric = METRICS[event.metric]
    return Trigger(
        "clock_forecast",
        event.priority,
        dedup(event),
        f"{event.ticket}: {metric} {expected} ({event.probability:.0%})",
        event.at,
        kind=event.kind,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await tier(tx, event.environment),
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        breaks_at=event.breaks_at,
    )

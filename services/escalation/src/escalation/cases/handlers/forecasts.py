"""Promises that are expected to break: subscribers are informed before it happens (R3)."""

from common.events.envelope import ReceivedEvent
from common.events.forecasts import ForecastChanged
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only
from escalation.cases.handlers.clocks import METRIC_NAMES
from escalation.cases.handlers.ticket_triggers import ticket_trigger
from escalation.policies.domain.trigger import Trigger

OUTLOOK_RANK = {"safe": 0, "at_risk": 1, "likely_to_breach": 2}


async def on_forecast_changed(tx: Connection, received: ReceivedEvent[ForecastChanged]) -> None:
    """Inform each subscriber when the outlook gets worse.

    Nobody is paged: it is for planning, and whoever must act is paged at the thresholds.
    """
    event = received.event
    if event.outlook == "safe":
        await resolve_cases(tx, {_dedup_key(event): "it is no longer expected to break"})
    elif event.subscribers and OUTLOOK_RANK[event.outlook] > OUTLOOK_RANK[event.previous]:
        await notify_only(
            tx, await _build_trigger(tx, event), event.subscribers, " ".join(event.reasons)
        )


def _dedup_key(event: ForecastChanged) -> str:
    return f"clock/{event.clock_id}/clock_forecast"


async def _build_trigger(tx: Connection, event: ForecastChanged) -> Trigger:
    expected = "is likely to break" if event.outlook == "likely_to_breach" else "may break"
    metric = METRIC_NAMES[event.metric]
    title = f"{event.ticket}: {metric} {expected} ({event.probability:.0%})"
    key, breach = _dedup_key(event), event.expected_breach_at
    return await ticket_trigger(tx, event, "clock_forecast", key, title, breach)

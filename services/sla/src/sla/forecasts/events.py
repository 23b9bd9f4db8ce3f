"""Events about forecasts: a changed outlook, and the fields that all of them have."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from common.events.forecasts import ForecastChanged
from sla.clocks.domain.ticket_clock import Ticket
from sla.forecasts.domain.forecast import Forecast
from sla.forecasts.domain.reasons import describe_reasons


def forecast_payload(ticket: Ticket, forecast: Forecast, at: datetime) -> dict[str, Any]:
    """Return the fields of every event about a forecast."""
    metric, priority, kind = forecast.progress.group
    return {
        "at": at,
        "forecast_id": forecast.id,
        "clock_id": forecast.clock_id,
        "ticket_id": ticket.id,
        "ticket": ticket.key,
        "title": ticket.title,
        "metric": metric,
        "priority": priority,
        "kind": kind,
        "customer_id": ticket.customer_id,
        "customer": ticket.customer,
        "environment": ticket.environment,
        "service": ticket.service,
        "outlook": forecast.outlook,
    }


def changed_event(
    ticket: Ticket,
    previous: Forecast | None,
    current: Forecast,
    subscribers: Sequence[str],
    at: datetime,
) -> ForecastChanged:
    """Return the event that the outlook of a clock changed; `subscribers` are notified."""
    return ForecastChanged(
        **forecast_payload(ticket, current, at),
        previous=previous.outlook if previous else "safe",
        probability=round(current.estimate.probability, 3),
        expected_breach_at=current.expected_breach_at,
        reasons=describe_reasons(current.progress, current.estimate),
        subscribers=tuple(subscribers),
    )

"""Events about limits of capacity."""

from datetime import datetime
from typing import Any

from common.domain.durations import SECOND
from common.events.usage import (
    UsageEvent,
    UsageLimitApproaching,
    UsageLimitCleared,
    UsageLimitReached,
)
from sla.capacity.domain.capacity_forecast import CapacityForecast
from sla.capacity.domain.series import Limit
from sla.capacity.store.series import StoredSeries


def limit_event(
    stored: StoredSeries, limit: Limit, forecast: CapacityForecast, at: datetime
) -> UsageEvent:
    """Return the event that usage approaches its limit, has reached it or is clear of it again."""
    definition = stored.series
    payload: dict[str, Any] = {
        "at": at,
        "series_id": definition.id,
        "series": definition.key,
        "name": definition.name,
        "unit": definition.unit,
        "customer_id": stored.customer_id,
        "customer": definition.customer,
        "service": definition.service,
        "environment": definition.environment,
        "limit": limit.limit,
        "current": forecast.current,
    }
    if forecast.limit_status == "reached":
        return UsageLimitReached(**payload)
    if forecast.limit_status == "ok" or forecast.expected is None:
        return UsageLimitCleared(**payload)
    return UsageLimitApproaching(
        **payload,
        expected=forecast.expected,
        earliest=forecast.earliest,
        latest=forecast.latest,
        plan_ahead_seconds=limit.plan_ahead // SECOND,
    )

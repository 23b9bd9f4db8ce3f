"""Capacity forecasts of past days, one per series and day."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection
from common.persistence.upsert import upsert as upsert_row
from sla.capacity.domain.capacity_forecast import CapacityForecast
from sla.capacity.tables import capacity_forecasts


async def upsert(tx: Connection, series_id: UUID, forecast: CapacityForecast) -> None:
    """Store the forecast of its day; it replaces an earlier one of that day."""
    key = {"series_id": series_id, "computed_on": forecast.computed_on}
    await upsert_row(tx, capacity_forecasts, key | {"outlook": _dump(forecast)}, key=tuple(key))


async def list_of_series(tx: Connection, series_id: UUID, since: date) -> list[dict[str, Any]]:
    """List the forecasts of each day from `since` on, the newest first; 400 at most."""
    query = select(capacity_forecasts.c.outlook).where(
        capacity_forecasts.c.series_id == series_id, capacity_forecasts.c.computed_on >= since
    )
    return list(
        await tx.scalars(query.order_by(capacity_forecasts.c.computed_on.desc()).limit(400))
    )


def _dump(forecast: CapacityForecast) -> dict[str, Any]:
    values = asdict(forecast)
    return {
        name: str(value) if isinstance(value, date) else value for name, value in values.items()
    }

"""Outlooks as they were made, a day each: what was expected when stays readable."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from sla.capacity.domain.capacity_forecast import CapacityForecast
from sla.capacity.tables import outlooks


async def upsert(tx: Connection, series_id: UUID, forecast: CapacityForecast) -> None:
    """One a day: the day's last one stays."""
    statement = insert(outlooks).values(
        series_id=series_id, computed_on=forecast.computed_on, outlook=_dump(forecast)
    )
    key_columns = ["series_id", "computed_on"]
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=key_columns, set_={"outlook": statement.excluded.outlook}
        )
    )


async def list_of_series(tx: Connection, series_id: UUID, since: date) -> list[dict[str, Any]]:
    """What was expected on each day from `since` on, the newest first; 400 at most."""
    query = select(outlooks.c.outlook).where(
        outlooks.c.series_id == series_id, outlooks.c.computed_on >= since
    )
    return list(await tx.scalars(query.order_by(outlooks.c.computed_on.desc()).limit(400)))


def _dump(forecast: CapacityForecast) -> dict[str, Any]:
    values = asdict(forecast)
    return {
        name: str(value) if isinstance(value, date) else value for name, value in values.items()
    }

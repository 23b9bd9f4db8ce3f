"""Outlooks as they were made, a day each: what was expected when stays readable."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from sla.capacity.domain.forecast import Outlook
from sla.capacity.tables import outlooks


async def keep(tx: Connection, series_id: UUID, made: Outlook) -> None:
    """One a day: the day's last one stays."""
    added = insert(outlooks).values(
        series_id=series_id, computed_on=made.computed_on, outlook=_written(made)
    )
    same = ["series_id", "computed_on"]
    await tx.execute(
        added.on_conflict_do_update(index_elements=same, set_={"outlook": added.excluded.outlook})
    )


async def of_series(tx: Connection, series_id: UUID, since: date) -> list[dict[str, Any]]:
    """What was expected on each day from `since` on, the newest first; 400 at most."""
    mine = select(outlooks.c.outlook).where(
        outlooks.c.series_id == series_id, outlooks.c.computed_on >= since
    )
    return list(await tx.scalars(mine.order_by(outlooks.c.computed_on.desc()).limit(400)))


def _written(made: Outlook) -> dict[str, Any]:
    told = asdict(made)
    return {name: str(value) if isinstance(value, date) else value for name, value in told.items()}

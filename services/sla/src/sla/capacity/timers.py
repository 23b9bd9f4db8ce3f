"""Time in: the nightly update of capacity forecasts."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.capacity.commands import DEADLINE_KIND, next_update_at, update_forecasts
from sla.capacity.store import series


async def on_capacity_forecasts_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Update the forecasts of these series, whose rows are locked, and schedule the next update."""
    existing = await series.list_existing(tx, [one.subject for one in due])
    ids = [one.subject for one in due if one.subject in existing]
    await update_forecasts(tx, ids, at)
    await schedule(tx, [Deadline(DEADLINE_KIND, id, next_update_at(id, at)) for id in ids])


CAPACITY_FORECAST = Timer(series.lock_available, on_capacity_forecasts_due)

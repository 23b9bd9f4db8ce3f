"""Time in: goals of the present month, looked at every hour (R3)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from common.persistence.database import Connection, Database, transaction_time
from common.persistence.patience import do_once
from common.runtime import Runtime
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.forecasts.store.forecast_rounds import is_scheduled
from sla.goals.commands import warn_of_goals
from sla.goals.store import warnings
from sla.settings import SlaSettings

DEADLINE_KIND = "goals"
"""The kind of the one deadline: the next look at all goals."""
SUBJECT = UUID("01900000-0000-7000-8000-000000000009")
INTERVAL = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the look at all goals; none where another replica has it."""
    return set(ids) if await warnings.try_lock(tx) else set()


async def on_goals_due(tx: Connection, _: Sequence[Due], at: datetime) -> None:
    """Warn of the goals of this month, and schedule the next look on the next full hour."""
    await warn_of_goals(tx, at)
    await schedule(tx, [Deadline(DEADLINE_KIND, SUBJECT, _next_hour(at))])


async def ensure_goals_scheduled(runtime: Runtime[SlaSettings]) -> None:
    """Schedule the first look where none is; from then on each schedules the next."""
    await do_once(partial(_ensure_goals_scheduled, runtime.database))


async def _ensure_goals_scheduled(database: Database) -> None:
    async with database.transaction() as tx:
        if not await is_scheduled(tx, DEADLINE_KIND, SUBJECT):
            await schedule(tx, [Deadline(DEADLINE_KIND, SUBJECT, await transaction_time(tx))])


def _next_hour(at: datetime) -> datetime:
    return EPOCH + ((at - EPOCH) // INTERVAL + 1) * INTERVAL


GOALS = Timer(lock_available, on_goals_due, waits_for_consumer=True, periodic=True)

"""Timers of punctuality: a day is over and is sealed step by step."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.punctuality.sealing import CHAIN_SUBJECT, DEADLINE_KIND, seal_step
from sla.punctuality.store import seals


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the sealing, as one replica seals at a time; the ids, or none if another one has it."""
    return set(ids) if await seals.try_lock(tx) else set()


async def on_day_over(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Take one step of the sealing, and schedule the next one."""
    await schedule(tx, [Deadline(DEADLINE_KIND, CHAIN_SUBJECT, await seal_step(tx, at))])


DAY_OVER = Timer(lock_available, on_day_over, periodic=True)

"""Schedule the one deadline of a waiver: its next reminder, or its end."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection, transaction_time
from common.scheduling.deadlines import Deadline, schedule
from sla.waivers.domain.reminders import next_at
from sla.waivers.domain.waiver import Waiver
from sla.waivers.store import decide_by as waiver_scopes
from sla.waivers.store import waivers

DEADLINE_KIND = "waiver"
"""The kind of the deadline of a waiver. Subject: the waiver."""


async def schedule_next(tx: Connection, waiver: Waiver, deadline: datetime | None) -> None:
    """Schedule the next reminder or the end of a locked waiver; cancel it when ended."""
    await schedule(tx, [Deadline(DEADLINE_KIND, waiver.id, next_at(waiver, deadline))])


async def reschedule_requests(tx: Connection, clock_ids: Collection[UUID]) -> None:
    """Reschedule the reminders of open requests about locked clocks with new deadlines."""
    if not clock_ids:
        return
    for waiver in await waivers.lock_requests(tx, clock_ids):
        await schedule_next(
            tx, waiver, await waiver_scopes.get_deadline(tx, waiver.id, await transaction_time(tx))
        )

"""Time in: investigations that take longer than the set time."""

from collections.abc import Sequence
from datetime import datetime

from common.domain import SYSTEM
from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.investigations import store
from intake.investigations.commands import owe_if_long
from intake.tickets.store import tickets


async def on_investigations_long(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Owe an improvement of the monitoring for each (R9); the search goes on."""
    found = await store.by_ids(tx, [deadline.subject for deadline in due])
    owners = await tickets.by_ids(tx, {one.ticket_id for one in found})
    for one in found:
        if one.is_open:
            await owe_if_long(tx, one, one.ticket_id, owners[one.ticket_id].key, SYSTEM, at)

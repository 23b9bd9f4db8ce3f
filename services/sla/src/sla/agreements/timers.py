"""Time in: agreements that end, and calendars that agreements follow from now on."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer
from sla.agreements.calendar_following import put_in_effect
from sla.agreements.endings import announce_end
from sla.agreements.store import agreements
from sla.calendars import store as calendars


async def on_endings_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Say of each agreement that it ends; the agreements are locked."""
    for one in due:
        await announce_end(tx, one.subject, at)


async def on_calendars_effective(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Let the agreements that follow these calendar versions count by them; the versions are locked."""
    for one in due:
        await put_in_effect(tx, one.subject, at)


CALENDAR_EFFECTIVE = Timer(calendars.lock_available, on_calendars_effective)
ENDING = Timer(agreements.lock_available, on_endings_due)

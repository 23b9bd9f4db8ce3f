"""Time in: improvements whose time is over."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.improvements import store
from intake.improvements.commands import announce_overdue
from intake.improvements.domain import mark_overdue


async def on_improvements_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Announce each improvement that is not done in time, once."""
    for improvement in await store.by_ids(tx, [deadline.subject for deadline in due]):
        late = mark_overdue(improvement, at)
        if late is not None:
            await announce_overdue(tx, late, at)

"""Time in: maintenance that is over as planned."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.notices import store
from intake.notices.commands import tell_end


async def on_maintenance_over(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Tell the customers whose maintenance is over; its first notices are locked."""
    for deadline in due:
        if (first := await store.find(tx, str(deadline.subject))) is not None:
            await tell_end(tx, first, at)

"""Time in: posts of monitors that were stored and not processed are processed again."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.alerts import store as alerts
from intake.alerts.commands import process


async def on_posts_unprocessed(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Process each post that is due, once."""
    existing = await alerts.list_existing(tx, [deadline.subject for deadline in due])
    for deadline in due:
        if deadline.subject in existing:
            await process(tx, deadline.subject)

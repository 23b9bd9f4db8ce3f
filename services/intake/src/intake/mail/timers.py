"""Time in: mails that were stored and not processed are processed again."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.mail import store as mails
from intake.mail.commands import process_unprocessed


async def on_mails_unprocessed(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Read and process each mail that is due, once."""
    existing = await mails.list_existing(tx, [deadline.subject for deadline in due])
    for deadline in due:
        if deadline.subject in existing:
            await process_unprocessed(tx, deadline.subject)

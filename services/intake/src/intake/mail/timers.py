"""Time in: deadlines of mails, which only earlier releases armed."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due

RETRY_KIND = "mail"
"""The kind of deadline at which earlier releases processed a mail again."""


async def on_mails_unprocessed(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Do nothing: what waits is read again outside of deadlines (`rereading`), so that it holds none up."""

"""The deadline of notifications: the delay of a personal rule is over."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from escalation.notifications import store as notifications


async def on_notifications_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Let them be sent, unless they were cancelled (E13, E5)."""
    await notifications.mark_ready(tx, [deadline.subject for deadline in due])

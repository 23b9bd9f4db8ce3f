"""Wake-ups: what requests have committed is sent, or due, in the other process at once.

They only make it faster: relay, notifier and timers look by themselves every quarter of a second, and
find what another replica has written.
"""

from datetime import datetime

from common.persistence.database import Database
from common.processes.channel import Channel, Hear

EVENTS = "events"
DEADLINE = "deadline"


def tell_wake_ups(database: Database, channel: Channel) -> None:
    """Tell the other process of committed events and scheduled deadlines."""
    database.on_outbox_events.append(lambda: channel.tell(EVENTS))
    database.on_deadlines_scheduled.append(
        lambda due_at: channel.tell(DEADLINE, due_at.isoformat())
    )


def hear_wake_ups(database: Database) -> dict[str, Hear]:
    """Return what wakes the loops of this process when the other one tells it."""

    def wake_senders(_: None) -> None:
        for wake in database.on_outbox_events:
            wake()

    def wake_timers(due_at: str) -> None:
        for wake in database.on_deadlines_scheduled:
            wake(datetime.fromisoformat(due_at))

    return {EVENTS: wake_senders, DEADLINE: wake_timers}

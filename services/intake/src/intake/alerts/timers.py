"""Time in: posts that were stored and not processed; alerts that have been quiet."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from intake.alerts.commands import process
from intake.alerts.domain.episode import quiet_end, with_end
from intake.alerts.episode_changes import ALL_ENDED, publish_changes
from intake.alerts.store import episodes
from intake.alerts.ticket_changes import add_note
from intake.tickets.store import tickets


async def on_posts_unprocessed(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Process each post that is due, once."""
    await process(tx, [deadline.subject for deadline in due])


async def on_alerts_quiet(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """End the alerts that flapped and have been quiet, and those whose monitor reports no end."""
    found = await episodes.by_ids(tx, [deadline.subject for deadline in due])
    ended = [
        with_end(one, ended_at)
        for one in found
        if one.is_open and (ended_at := quiet_end(one)) is not None
    ]
    await episodes.save(tx, ended)
    owners = await tickets.by_ids(tx, {one.ticket_id for one in ended if one.ticket_id})
    keys = {ticket.id: ticket.key for ticket in owners.values()}
    await publish_changes(tx, [("resolved", one) for one in ended], keys, at)
    for id in await episodes.tickets_without_firing(tx, owners):
        if owners[id].is_open:
            monitor = next(one.monitor for one in ended if one.ticket_id == id)
            await add_note(tx, monitor, owners[id], ALL_ENDED, at)

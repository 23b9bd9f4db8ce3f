"""Tickets that our own people watch: they hear of what happens there, as their settings say."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from common.events.envelope import ReceivedEvent
from common.events.watchers import TicketWatchersNotified, WatchedChange
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only
from escalation.cases.handlers.tickets import build_trigger
from escalation.directory import store as directory

WORDS: Final[Mapping[WatchedChange, str]] = {
    "customer_replied": "the customer wrote",
    "replied": "we answered the customer",
    "prioritised": "its priority is another one",
    "on_hold": "it waits",
    "resumed": "it goes on",
    "workaround_provided": "there is a workaround",
    "forwarded": "it was forwarded",
    "handed_back": "it came back",
    "resolved": "it is resolved",
    "rejected": "its resolution was rejected",
    "reopened": "it is open again",
    "closed": "it is closed",
    "merged": "it was merged into another one",
}


async def on_watchers_notified(
    tx: Connection, received: ReceivedEvent[TicketWatchersNotified]
) -> None:
    """Notify those who watch a ticket of what happened on it, once, without paging anybody."""
    event = received.event
    known = await directory.list_roles(tx)
    people = [person for person in event.people if person in known]
    if not people:
        return
    happened = " and ".join(WORDS[change] for change in event.changes)
    title = f"{event.ticket}, which you watch: {happened}"
    trigger = await build_trigger(tx, event, "ticket_watched", title)
    key = f"{trigger.dedup_key}/{received.sequence}"
    # Of a watched blocker nobody is paged, too: that is its own case's to do.
    trigger = replace(trigger, dedup_key=key, severity="trivial")
    await notify_only(tx, trigger, people, title)
    await resolve_cases(tx, {key: "for information"})

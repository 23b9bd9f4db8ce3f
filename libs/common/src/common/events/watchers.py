"""The event of intake for our own people who watch a ticket, on `opsdesk.tickets`."""

from typing import ClassVar, Literal

from common.events.tickets import TicketEvent

WatchedChange = Literal[
    "customer_replied",
    "replied",
    "prioritised",
    "on_hold",
    "resumed",
    "workaround_provided",
    "forwarded",
    "handed_back",
    "resolved",
    "rejected",
    "reopened",
    "closed",
    "merged",
]


class TicketWatchersNotified(TicketEvent):
    """Something happened on a ticket that `people` (subs) of ours watch, who did not do it themselves."""

    type: ClassVar[str] = "opsdesk.ticket.watchers_notified.v1"
    people: list[str]
    changes: list[WatchedChange]

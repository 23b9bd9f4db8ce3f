"""The event of intake about the tags of a ticket, on `opsdesk.tickets`."""

from typing import ClassVar

from common.events.tickets import TicketEvent


class TicketTagged(TicketEvent):
    """The tags of the ticket are these now; before they were `previous`."""

    type: ClassVar[str] = "opsdesk.ticket.tagged.v1"
    tags: list[str]
    previous: list[str]

"""The event of intake about a ticket that has lost its words, on `opsdesk.tickets`."""

from typing import ClassVar

from common.events.tickets import TicketEvent


class TicketErased(TicketEvent):
    """The words of a contact in this ticket were erased, `title` among them: erase the copies."""

    type: ClassVar[str] = "opsdesk.ticket.erased.v1"

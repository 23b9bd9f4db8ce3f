"""The event of intake about tickets that wait for a date, on `opsdesk.tickets`."""

from typing import ClassVar

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent


class TicketOnHoldUntil(TicketEvent):
    """The ticket waits for a date, `until`; no clock pauses for that. When it goes on, it is resumed like any other."""

    type: ClassVar[str] = "opsdesk.ticket.on_hold_until.v1"
    until: AwareDatetime

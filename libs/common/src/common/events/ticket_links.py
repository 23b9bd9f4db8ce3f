"""Events of intake about links between tickets, and about merged ones that are separated, on `opsdesk.tickets`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent

LinkKind = Literal["child_of", "caused_by", "duplicates", "blocks", "split_from", "follows"]


class TicketLinked(TicketEvent):
    """A link to another ticket was made: this one is `child_of`, `caused_by` … the `other` one.

    The other ticket may belong to another customer, which is for staff alone.
    """

    type: ClassVar[str] = "opsdesk.ticket.linked.v1"
    link_id: UUID
    link: LinkKind
    other_id: UUID
    other: str


class TicketUnlinked(TicketEvent):
    """A link to another ticket was removed."""

    type: ClassVar[str] = "opsdesk.ticket.unlinked.v1"
    link_id: UUID
    link: LinkKind
    other_id: UUID
    other: str


class TicketUnmerged(TicketEvent):
    """Two people (`requested_by`, `confirmed_by`) say that a merged ticket is a request of its own: it is open again.

    `from_id` and `from_ticket` name the ticket into which it had been merged. That one is counted from
    `survivor_opened_at` on: its own opening, or an earlier one of what is still merged into it. The reason
    stays in intake.
    """

    type: ClassVar[str] = "opsdesk.ticket.unmerged.v1"
    opened_at: AwareDatetime
    from_id: UUID
    from_ticket: str
    survivor_opened_at: AwareDatetime
    requested_by: str
    confirmed_by: str

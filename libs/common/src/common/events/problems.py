"""Events of intake about problems and their fixes, on `opsdesk.tickets` and about their tickets."""

from typing import ClassVar, Literal
from uuid import UUID

from common.events.tickets import TicketEvent


class TicketKnownError(TicketEvent):
    """The cause of this problem is known, and how to go on until it is fixed. The words stay in intake."""

    type: ClassVar[str] = "opsdesk.ticket.known_error.v1"


class TicketFixRequested(TicketEvent):
    """The fix of this problem was asked for by a change request: an item for the backlog.

    `product_owners` are `sub`s, deputies too; empty: nobody is named.
    """

    type: ClassVar[str] = "opsdesk.ticket.fix_requested.v1"
    change_request_id: UUID
    change_request: str
    product_owners: list[str]


class TicketFixVerified(TicketEvent):
    """`by` verified the fix of this problem, for which `requested_by` had asked."""

    type: ClassVar[str] = "opsdesk.ticket.fix_verified.v1"
    tier: Literal["staging", "production"]
    requested_by: str

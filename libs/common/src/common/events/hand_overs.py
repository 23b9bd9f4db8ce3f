"""Events of intake about what follows a hand-over, on `opsdesk.tickets` and about its ticket."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent


class TicketHandOverAcknowledged(TicketEvent):
    """`by` acknowledged hand-over `number` as `roles`; `missing`: the roles that have not yet."""

    type: ClassVar[str] = "opsdesk.ticket.hand_over_acknowledged.v1"
    number: int
    roles: list[Literal["dm", "po"]]
    missing: list[Literal["dm", "po"]]


class TicketHandOverUnacknowledged(TicketEvent):
    """Until `acknowledge_by` nobody acknowledged hand-over `number` as `missing`; `people` were told."""

    type: ClassVar[str] = "opsdesk.ticket.hand_over_unacknowledged.v1"
    number: int
    acknowledge_by: AwareDatetime
    missing: list[Literal["dm", "po"]]
    people: list[str]


class TicketHandOverOverdue(TicketEvent):
    """Whoever took hand-over `number` over has not given it back until `due_at`."""

    type: ClassVar[str] = "opsdesk.ticket.hand_over_overdue.v1"
    number: int
    to: Literal["second_level", "partner"]
    partner: str | None
    due_at: AwareDatetime


class TicketFixChecked(TicketEvent):
    """`by` checked the fix of hand-over `number`, which `returned_by` took back, and says if it `works`."""

    type: ClassVar[str] = "opsdesk.ticket.fix_checked.v1"
    number: int
    returned_by: str
    works: bool


class TicketPartnerReplied(TicketEvent):
    """A partner wrote on a ticket that was handed over to them. Customers do not see it."""

    type: ClassVar[str] = "opsdesk.ticket.partner_replied.v1"
    message_id: UUID
    partner: str


class TicketPartnerRepliedLate(TicketEvent):
    """A partner wrote on a ticket that nobody works on any more; `people` (`sub`s) should read it.

    They are the assignee and who handed it over. The ticket stays as it is: they decide what follows.
    """

    type: ClassVar[str] = "opsdesk.ticket.partner_replied_late.v1"
    message_id: UUID
    partner: str
    people: list[str]


class TicketPartnerMailUndelivered(TicketEvent):
    """What we wrote to a partner (`message_id`) did not reach them by mail; `reason` is the mail server's."""

    type: ClassVar[str] = "opsdesk.ticket.partner_mail_undelivered.v1"
    message_id: UUID
    partner: str
    reason: str

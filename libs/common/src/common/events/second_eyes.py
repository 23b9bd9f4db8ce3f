"""Events of intake about tickets that wait for a second person, on `opsdesk.tickets`."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent

SecondEyes = Literal["verify", "confirm_priority", "confirm_classification"]


class TicketSecondEyesOverdue(TicketEvent):
    """Something on the ticket has waited too long for a second person, `since` when the first one acted."""

    type: ClassVar[str] = "opsdesk.ticket.second_eyes_overdue.v1"
    waits_for: list[SecondEyes]
    since: AwareDatetime


class TicketSecondEyesGiven(TicketEvent):
    """What had waited too long for a second person does not any more: it was decided, or withdrawn."""

    type: ClassVar[str] = "opsdesk.ticket.second_eyes_given.v1"
    waited_for: list[SecondEyes]

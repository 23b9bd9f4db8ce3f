"""Events of intake about tickets that wait for a second person, on `opsdesk.tickets`."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent

SecondEyes = Literal["verify", "confirm_priority", "confirm_classification"]
AnySecondEyes = SecondEyes | Literal["confirm_detection", "confirm_unmerge"]


class TicketSecondEyesOverdue(TicketEvent):
    """Something on the ticket has waited too long for a second person, `since` when the first one acted."""

    type: ClassVar[str] = "opsdesk.ticket.second_eyes_overdue.v1"
    waits_for: list[SecondEyes]
    since: AwareDatetime


class TicketSecondEyesGiven(TicketEvent):
    """Nothing on the ticket waits too long for a second person any more: the last was decided, or withdrawn."""

    type: ClassVar[str] = "opsdesk.ticket.second_eyes_given.v1"
    waited_for: list[SecondEyes]


class TicketAnySecondEyesOverdue(TicketEvent):
    """As `.v1`, where a kind is among them that its readers do not know."""

    type: ClassVar[str] = "opsdesk.ticket.second_eyes_overdue.v2"
    waits_for: list[AnySecondEyes]
    since: AwareDatetime


class TicketAnySecondEyesGiven(TicketEvent):
    """As `.v1`, where a kind is among them that its readers do not know."""

    type: ClassVar[str] = "opsdesk.ticket.second_eyes_given.v2"
    waited_for: list[AnySecondEyes]

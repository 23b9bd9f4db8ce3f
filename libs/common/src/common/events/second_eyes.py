"""Events of intake about what waits for a second person, on `opsdesk.tickets`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event
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


class SecondEyesEvent(Event):
    """An event about something of intake that waits for a second person, on a ticket or elsewhere.

    `waits_for` is the kind by which `GET /v1/waiting-for-me` lists it, `about` what people call it, such as
    ACC-1. Its words stay in intake.
    """

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"

    wait_id: UUID
    waits_for: str
    about: str
    customer: str | None
    since: AwareDatetime

    def subject(self) -> str:
        return f"second-eyes/{self.wait_id}"


class SecondEyesOverdue(SecondEyesEvent):
    """It has waited too long for a second person, `since` when the first one acted."""

    type: ClassVar[str] = "opsdesk.second_eyes.overdue.v1"


class SecondEyesGiven(SecondEyesEvent):
    """It waits no more: a second person decided, or it was withdrawn."""

    type: ClassVar[str] = "opsdesk.second_eyes.given.v1"

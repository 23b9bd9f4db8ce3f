"""Events of intake about change requests, on `opsdesk.tickets` and about their tickets."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from common.events.tickets import TicketEvent


class ChangeRequestEstimated(TicketEvent):
    """A change was estimated; the customer approves or declines that."""

    type: ClassVar[str] = "opsdesk.change_request.estimated.v1"
    estimate_seconds: int


class ChangeRequestDecided(TicketEvent):
    """The customer (`by`) approved or declined the estimate."""

    type: ClassVar[str] = "opsdesk.change_request.decided.v1"
    decision: Literal["approved", "declined"]
    estimate_seconds: int


class ChangeRequestBooked(TicketEvent):
    """An approved change was booked: on the reserved hours of `month` (`2026-06`), or on a `sprint`.

    A later one about the same ticket replaces it.
    """

    type: ClassVar[str] = "opsdesk.change_request.booked.v1"
    booked_on: Literal["reserved_hours", "sprint"]
    month: str | None
    sprint: str | None
    estimate_seconds: int


class ChangeRequestDelivered(TicketEvent):
    """The delivery that brings the change was verified."""

    type: ClassVar[str] = "opsdesk.change_request.delivered.v1"
    delivery: str
    delivered_at: AwareDatetime


class ChangeTouchesNoEnvironment(TicketEvent):
    """`requested_by` says that the change touches no environment, and `by` confirmed it."""

    type: ClassVar[str] = "opsdesk.change_request.no_environment.v1"
    requested_by: str

"""Events of intake about improvements of the monitoring, on `opsdesk.tickets`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class ImprovementEvent(Event):
    """An event about an improvement of the monitoring that is owed for a ticket.

    `owner` is a `sub`, None until it is planned.
    """

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"

    improvement_id: UUID
    improvement: str
    ticket_id: UUID
    ticket: str
    cause: Literal["found_by_customer", "long_investigation"]
    owner: str | None
    due_at: AwareDatetime
    by: str | None = None

    def subject(self) -> str:
        return f"improvement/{self.improvement_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class ImprovementOwed(ImprovementEvent):
    """An improvement is owed: a customer found the incident first, or its cause took too long to find."""

    type: ClassVar[str] = "opsdesk.monitoring_improvement.owed.v1"


class ImprovementOverdue(ImprovementEvent):
    """It is not done in time."""

    type: ClassVar[str] = "opsdesk.monitoring_improvement.overdue.v1"


class ImprovementVerified(ImprovementEvent):
    """Another person (`by`) has verified it."""

    type: ClassVar[str] = "opsdesk.monitoring_improvement.verified.v1"

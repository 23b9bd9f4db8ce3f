"""Events of sla about reserved hours, on `opsdesk.clocks`."""

from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class ReservedHoursThresholdReached(Event):
    """`used_seconds` reached `threshold` of the `reserved_seconds` of a month (`2026-06`).

    Once per agreement, customer and month.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.reserved_hours.threshold_reached.v1"

    account_id: UUID
    agreement: str
    customer_id: UUID
    customer: str
    month: str
    threshold: float
    reserved_seconds: int
    used_seconds: int

    def subject(self) -> str:
        return f"hours/{self.account_id}"

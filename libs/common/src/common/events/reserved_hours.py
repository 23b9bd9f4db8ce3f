"""What sla says about reserved hours, on `opsdesk.clocks`."""

from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class ReservedHoursThresholdReached(Event):
    """A month's reserved hours run out: `used_seconds` reached `threshold` of `reserved_seconds`.

    Once per agreement, customer and month. `month` is written 2026-06.
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

"""What sla says about reserved hours, on `opsdesk.clocks`."""

from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class HoursWarned(Event):
    """A month's reserved hours run out: `used_seconds` reached `share` of `reserved_seconds`.

    Once per agreement, customer and month. `month` is written 2026-06.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.hours.warned.v1"

    account_id: UUID
    agreement: str
    customer_id: UUID
    customer: str
    month: str
    share: float
    reserved_seconds: int
    used_seconds: int

    def subject(self) -> str:
        return f"hours/{self.account_id}"

"""Events of sla about measured usage and its limits, on `opsdesk.clocks`."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class UsageEvent(Event):
    """An event about a measured series and its limit."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    series_id: UUID
    series: str
    name: str
    unit: str
    customer_id: UUID | None = None
    customer: str | None = None
    service: str | None = None
    environment: str | None = None
    limit: float
    current: float

    def subject(self) -> str:
        return f"series/{self.series_id}"


class UsageLimitApproaching(UsageEvent):
    """At the present pace the limit is reached on `expected`, within the time needed to plan."""

    type: ClassVar[str] = "opsdesk.usage.limit_approaching.v1"
    expected: date
    earliest: date | None
    latest: date | None
    plan_ahead_seconds: int


class UsageLimitReached(UsageEvent):
    """The limit was reached."""

    type: ClassVar[str] = "opsdesk.usage.limit_reached.v1"


class UsageLimitCleared(UsageEvent):
    """The limit is not expected to be reached within the time needed to plan any more."""

    type: ClassVar[str] = "opsdesk.usage.limit_cleared.v1"

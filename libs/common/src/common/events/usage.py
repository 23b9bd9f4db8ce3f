"""What sla says about usage: a limit comes near, is reached, or is far again."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class UsageEvent(Event):
    """A series of measured figures and its limit. Subject and key are the series."""

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
    type: ClassVar[str] = "opsdesk.usage.limit_reached.v1"


class UsageLimitCleared(UsageEvent):
    """It is no longer expected within the time needed to plan."""

    type: ClassVar[str] = "opsdesk.usage.limit_cleared.v1"

"""What sla says about promises that it expects to break, on `opsdesk.clocks` (R3)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.clocks import Metric
from common.events.envelope import Event
from common.events.tickets import Kind, Priority

Outlook = Literal["safe", "at_risk", "likely_to_breach"]


class ForecastEvent(Event):
    """About the forecast of one clock. Key is the ticket: in order with its clocks' events."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    forecast_id: UUID
    clock_id: UUID
    ticket_id: UUID
    ticket: str
    title: str
    metric: Metric
    priority: Priority
    kind: Kind
    customer_id: UUID
    customer: str
    environment: str | None = None
    service: str | None = None
    outlook: Outlook

    def subject(self) -> str:
        return f"forecast/{self.forecast_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class ForecastChanged(ForecastEvent):
    """Only when the outlook turns, so that nobody is flooded. `expected_breach_at`: when the promise breaks
    if nothing changes; None while its time stands still. `subscribers`: staff (by `sub`) who asked
    to hear of it."""

    type: ClassVar[str] = "opsdesk.forecast.changed.v1"
    previous: Outlook
    probability: float
    expected_breach_at: AwareDatetime | None
    reasons: tuple[str, ...]
    subscribers: tuple[str, ...] = ()


class ForecastAcknowledged(ForecastEvent):
    """A stakeholder has taken note of the forecast as it stood."""

    type: ClassVar[str] = "opsdesk.forecast.acknowledged.v1"
    acknowledged_by: str

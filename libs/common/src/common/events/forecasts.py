"""Events of sla about promises that are likely to be breached, on `opsdesk.clocks`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.clocks import Metric
from common.events.envelope import Event
from common.events.tickets import Kind, Priority

Outlook = Literal["safe", "at_risk", "likely_to_breach"]


class ForecastEvent(Event):
    """An event about the forecast of one clock.

    The key is the ticket, so that these events are in order with those of the clock.
    """

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
    """The outlook changed from `previous` to `outlook`.

    `expected_breach_at`: when the promise is breached if nothing changes; None while the clock is
    paused. `subscribers`: staff (by `sub`) who subscribed to it.
    """

    type: ClassVar[str] = "opsdesk.forecast.changed.v1"
    previous: Outlook
    probability: float
    expected_breach_at: AwareDatetime | None
    reasons: tuple[str, ...]
    subscribers: tuple[str, ...] = ()


class ForecastAcknowledged(ForecastEvent):
    """Somebody took note of the forecast as it was."""

    type: ClassVar[str] = "opsdesk.forecast.acknowledged.v1"
    acknowledged_by: str

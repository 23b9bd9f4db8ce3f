"""Events of intake about alerts of monitors, on `opsdesk.tickets`."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event
from common.events.tickets import Priority


class AlertEvent(Event):
    """An event about an alert: one `dedup_key` of one monitor, from its start to its end.

    `severity` is the monitor's own word; `priority` is what it means, None without a severity.
    """

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"
    set_based: ClassVar[bool] = True

    alert_id: UUID
    ticket_id: UUID | None
    ticket: str | None
    monitor: str
    dedup_key: str
    customer_id: UUID | None
    customer: str | None
    environment_id: UUID | None
    environment: str | None
    service: str | None
    severity: str | None
    priority: Priority | None = None

    def subject(self) -> str:
        return f"alert/{self.alert_id}"

    def key(self) -> str:
        return str(self.ticket_id or self.alert_id)


class AlertRaised(AlertEvent):
    """A monitor reported a problem."""

    type: ClassVar[str] = "opsdesk.alert.raised.v1"
    started_at: AwareDatetime


class AlertWorsened(AlertEvent):
    """The monitor reports a higher severity than before; the alert fires since `started_at`."""

    type: ClassVar[str] = "opsdesk.alert.worsened.v1"
    started_at: AwareDatetime


class AlertResolved(AlertEvent):
    """The monitor reported that the problem is over."""

    type: ClassVar[str] = "opsdesk.alert.resolved.v1"
    started_at: AwareDatetime
    ended_at: AwareDatetime

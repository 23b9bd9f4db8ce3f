"""Response models of alerts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.http import ResponseModel
from intake.alerts.store.posts import Outcome
from intake.tickets.domain.priority import Priority


class AlertResultRead(ResponseModel):
    """The effect of one alert; `ticket` is a key.

    It was `raised`, became `worsened`, or `resolved`. A `duplicate` was known before. One that is
    `acknowledged` in the monitor goes on; one that is `flapping` ends once it has been quiet.
    """

    dedup_key: str
    effect: Literal["raised", "worsened", "duplicate", "acknowledged", "flapping", "resolved"]
    ticket: str | None


class PostResult(ResponseModel):
    """A stored post, with the effect of each of its alerts.

    One that is `unreadable` became a ticket as it came, for the `reason`. One that is only `received`
    is processed later.
    """

    id: UUID
    outcome: Outcome
    reason: str | None = None
    alerts: list[AlertResultRead]


class EventAccepted(ResponseModel):
    """The answer that senders of PagerDuty's Events API expect."""

    status: Literal["success"] = "success"
    message: str = "Event processed"
    dedup_key: str


class RequestAccepted(ResponseModel):
    """The answer that senders of Opsgenie's Alert API expect; `requestId` is the id of the post."""

    result: str = "Request will be processed"
    took: float = 0.0
    requestId: str


class AlertRead(ResponseModel):
    """One period in which an alert fired, from its start to its end (null while it lasts).

    `times` counts the posts that reported it; `scope` is whose it is as its labels name it. `ticket`
    is a key.
    """

    id: UUID
    monitor: str
    source: str
    dedup_key: str
    title: str
    severity: str | None
    priority: Priority
    customer: str | None
    environment: str | None
    service: str | None
    scope: str
    ticket_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    last_seen_at: datetime
    times: int


class AlertPostRead(ResponseModel):
    """A post of a monitor as it came: `text` is its body, cut to what a person reads."""

    id: UUID
    source: str
    monitor: str
    received_at: datetime
    outcome: Outcome
    reason: str | None
    text: str

"""Response models of notifications."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.http import ResponseModel


class NotificationRead(ResponseModel):
    """One message to one person, without the address. `problem` is why the last attempt failed."""

    id: UUID
    escalation_id: UUID
    purpose: str
    person: str
    channel: str
    send_at: datetime
    state: Literal["waiting", "ready", "sent", "cancelled", "failed"]
    attempts: int
    settled_at: datetime | None
    problem: str | None


class NotificationList(ResponseModel):
    items: list[NotificationRead]
    next: str | None = None

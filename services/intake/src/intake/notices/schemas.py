"""Response models of notices."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.http import ResponseModel
from intake.notices.domain.notice import NoticeKind, NoticeState, Stage

NoticeMailState = Literal["waiting", "sent", "failed", "bounced", "cancelled", "withheld"]


class NoticeRead(ResponseModel):
    """A notice to one customer; `source_key` is of the maintenance, outage, delivery or agreement that it is about.

    `proposed`: one of us sends it, or two dismiss it. `due`: its mails are planned in a moment.
    `unsent`: no mail server was set when it was due, so nobody got it.
    """

    key: str
    kind: NoticeKind
    stage: Stage
    source_key: str
    customer: str
    environment: str | None
    service: str | None
    starts_at: datetime
    ends_at: datetime | None
    at: datetime
    state: NoticeState


class NoticeMailRead(ResponseModel):
    """The mail of a notice to one contact: when it was sent, or why it was not."""

    contact_id: UUID
    language: str
    state: NoticeMailState
    attempts: int
    settled_at: datetime | None
    problem: str | None


class NoticeDetail(NoticeRead):
    """A notice with the proof of sending, and what it says in each language."""

    decided_by: str | None
    decided_at: datetime | None
    dismissal_asked_by: str | None
    dismissal_asked_at: datetime | None
    mails: list[NoticeMailRead]
    subjects: dict[str, str]

"""What sla says about operational reviews (S1), on `opsdesk.clocks`."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class ReviewEvent(Event):
    """The report on one customer's month. Who is told: `people` (by `sub`), or, where nobody was
    named, everybody who holds one of `roles`. `month` is written `2026-06`."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    review_id: UUID
    review: str
    customer_id: UUID
    customer: str
    month: str
    people: list[str]
    roles: list[str]

    def subject(self) -> str:
        return f"review/{self.review_id}"


class ReviewReady(ReviewEvent):
    """Drawn up: somebody of the audience looks at it and publishes it."""

    type: ClassVar[str] = "opsdesk.review.ready.v1"
    generated_by: str


class ReviewPublished(ReviewEvent):
    """The customer sees it now. An `edition` above the first corrects the one before it."""

    type: ClassVar[str] = "opsdesk.review.published.v1"
    edition: int
    published_by: str
    contacts: list[UUID]


class ReviewActionAgreed(ReviewEvent):
    """Somebody owes something. `due_at` is the end of the due date in the customer's zone."""

    type: ClassVar[str] = "opsdesk.review.action_agreed.v1"
    action: str
    owner: str
    due_at: AwareDatetime


class ReviewActionDue(ReviewEvent):
    """The due date is over, and nobody has verified that it is done."""

    type: ClassVar[str] = "opsdesk.review.action_due.v1"
    action: str
    owner: str
    due_at: AwareDatetime
    fired_at: AwareDatetime

"""Events of sla about operational reviews, on `opsdesk.clocks`."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class ReviewEvent(Event):
    """An event about the operational review of a customer's month (`2026-06`).

    It concerns `people` (by `sub`) or, where the list is empty, everybody with one of `roles`.
    """

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
    """The report was generated. Somebody has to look at it and publish it."""

    type: ClassVar[str] = "opsdesk.review.ready.v1"
    generated_by: str


class ReviewPublished(ReviewEvent):
    """The customer can see the report. An `edition` above 1 corrects the one before it."""

    type: ClassVar[str] = "opsdesk.review.published.v1"
    edition: int
    published_by: str
    contacts: list[UUID]


class ReviewActionAgreed(ReviewEvent):
    """An action item was agreed. `due_at` is the end of the due date in the customer's time zone.

    `title`: what is to be done, and `due`: that date; null in events from before these fields existed.
    """

    type: ClassVar[str] = "opsdesk.review.action_agreed.v1"
    action: str
    owner: str
    due_at: AwareDatetime
    title: str | None = None
    due: date | None = None


class ReviewActionDue(ReviewEvent):
    """The due date of an action item passed, and nobody has verified that it is done.

    Repeated every day until somebody does. `finished`: its owner says that it is done, it waits for another
    person. `title`: what is to be done, and `due`: the date; null in events from before these fields existed.
    """

    type: ClassVar[str] = "opsdesk.review.action_due.v1"
    action: str
    owner: str
    due_at: AwareDatetime
    fired_at: AwareDatetime
    finished: bool = False
    title: str | None = None
    due: date | None = None


class ReviewActionVerified(ReviewEvent):
    """Another person (`verified_by`) verified that an action item is done."""

    type: ClassVar[str] = "opsdesk.review.action_verified.v1"
    action: str
    owner: str
    verified_by: str

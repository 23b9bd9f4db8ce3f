"""Request and response models of feedback on resolved tickets."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import RequestModel, ResponseModel
from intake.feedback.domain import Consequence, Feedback
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.fields import FreeText


class FeedbackCreate(RequestModel):
    """Has it been solved? With a `rating` from 1 (bad) to 5 (good), and words."""

    solved: bool
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: FreeText | None = None


class FeedbackRead(ResponseModel):
    """What a contact said. `message_id` are the words, which are on the ticket."""

    id: UUID
    solved: bool
    rating: int | None
    message_id: UUID | None
    given_by: str
    given_at: datetime


class FeedbackResult(FeedbackRead):
    """What a contact said, and what followed: the ticket was `reopened`, or a `follow_on` opened.

    `ticket` is the key of the one on which it goes on.
    """

    consequence: Consequence
    ticket: str


class FollowOnCreate(RequestModel):
    """What the customer has to say after a ticket was closed for good."""

    text: FreeText


def to_feedback_result(
    feedback: Feedback, consequence: Consequence, ticket: Ticket
) -> FeedbackResult:
    """What was said, with what followed."""
    read = FeedbackRead.model_validate(feedback)
    return FeedbackResult(**read.model_dump(), consequence=consequence, ticket=ticket.key)

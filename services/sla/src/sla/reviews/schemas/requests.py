"""Request models of reviews."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel
from common.http.evidence import Evidence
from common.http.fields import KeyRef, Reason
from sla.calendars.domain.month import InvalidMonth, Month, parse_month
from sla.reviews.domain.draft import says_why

Sub = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=10_000)]


def _check_month(text: str) -> str:
    try:
        parse_month(text)
    except InvalidMonth as error:
        raise PydanticCustomError("month", "{detail}", {"detail": str(error)}) from None
    return text


MonthText = Annotated[str, AfterValidator(_check_month), Field(max_length=7, examples=["2026-06"])]
MonthQuery = Annotated[str | None, Query(max_length=20, examples=["2026-06"])]


class ReviewCreate(RequestModel):
    """A customer by key, and a month in the customer's zone."""

    customer: Annotated[KeyRef, Refers("customer")]
    month: MonthText


class ReviewPublish(RequestModel):
    """`reason`: why there is another edition; required for all but the first."""

    reason: Reason | None = None


class AudienceUpdate(RequestModel):
    """`people`: staff by `sub`, who get a mail. `contacts` of the customer, who see it in the portal."""

    people: Annotated[list[Annotated[Sub, Refers("colleague")]], Field(max_length=50)] = Field(
        default_factory=list
    )
    contacts: Annotated[list[Annotated[UUID, Refers("contact")]], Field(max_length=50)] = Field(
        default_factory=list
    )


class AgendaItemCreate(RequestModel):
    title: Title


class MinuteCreate(RequestModel):
    """What was said in the meeting. It cannot be changed afterwards, only added to."""

    text: Text


def _check_reason(text: str) -> str:
    if not says_why(text):
        raise PydanticCustomError(
            "says_nothing",
            "say why it happened, in a few words: that it was late, the review says itself",
        )
    return text


class AssessmentUpdate(RequestModel):
    """What stands at the head of the review instead of what is computed. Empty: that again."""

    paragraphs: Annotated[
        list[
            Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
        ],
        Field(max_length=20),
    ]


class BreachCommentCreate(RequestModel):
    """Why a promise was breached. The customer may read it."""

    clock_id: UUID
    text: Annotated[Reason, AfterValidator(_check_reason)]


class ActionItemCreate(RequestModel):
    """`criterion`: how another person can tell that it is done. `due`: a date in the customer's
    zone."""

    title: Title
    criterion: Title
    owner: Annotated[Sub, Refers("colleague")]
    due: Annotated[date, Field(ge=date(1971, 1, 1), le=date(2199, 12, 30))]


class ActionItemHandOver(RequestModel):
    owner: Annotated[Sub, Refers("colleague")]
    due: Annotated[date, Field(ge=date(1971, 1, 1), le=date(2199, 12, 30))]


class ActionItemFinish(RequestModel):
    """`evidence`: what shows that it is done."""

    evidence: Annotated[Reason, Evidence]


class ActionItemSendBack(RequestModel):
    """`reason`: what the evidence lacks."""

    reason: Reason


def month_from_request(text: str, pointer: str = "/query/month") -> Month:
    """The month of a request. Raises ValidationFailed for a text that is not a valid month."""
    try:
        return parse_month(text)
    except InvalidMonth as error:
        raise ValidationFailed([Violation(pointer, "month", str(error))]) from None

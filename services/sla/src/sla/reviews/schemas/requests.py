"""What people send about reviews."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel
from sla.calendars.domain.month import InvalidMonth, Month, parse_month

Sub = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+$")]
Title = Annotated[str, Field(min_length=3, max_length=300)]
Text = Annotated[str, Field(min_length=3, max_length=10_000)]
Reason = Annotated[str, Field(min_length=3, max_length=2_000)]


def _check_month(text: str) -> str:
    try:
        parse_month(text)
    except InvalidMonth as error:
        raise PydanticCustomError("month", "{said}", {"said": str(error)}) from None
    return text


MonthText = Annotated[str, AfterValidator(_check_month), Field(max_length=7, examples=["2026-06"])]
MonthQuery = Annotated[str | None, Query(max_length=20, examples=["2026-06"])]


class ReviewCreate(RequestModel):
    """A customer by key, and a month in the customer's own zone."""

    customer: Annotated[str, Field(min_length=1, max_length=100), Refers("customer")]
    month: MonthText


class ReviewPublish(RequestModel):
    """`reason`: why there is another edition; needed for all but the first."""

    reason: Reason | None = None


class AudienceUpdate(RequestModel):
    """Staff by `sub`, who get a mail; contacts of the customer, who find it in the portal."""

    people: Annotated[list[Annotated[Sub, Refers("person")]], Field(max_length=50)] = Field(
        default_factory=list
    )
    contacts: Annotated[list[Annotated[UUID, Refers("contact")]], Field(max_length=50)] = Field(
        default_factory=list
    )


class AgendaItemCreate(RequestModel):
    title: Title


class MinuteCreate(RequestModel):
    """Said and written down in the meeting; it cannot be changed afterwards, only added to."""

    text: Text


class BreachCommentCreate(RequestModel):
    """Why a promise broke, in words that the customer may read."""

    clock_id: UUID
    text: Reason


class ActionItemCreate(RequestModel):
    """`criterion`: by what another person sees that it is done. `due`: on the customer's calendar."""

    title: Title
    criterion: Title
    owner: Annotated[Sub, Refers("person")]
    due: Annotated[date, Field(ge=date(1971, 1, 1), le=date(2199, 12, 30))]


class ActionItemHandOver(RequestModel):
    owner: Annotated[Sub, Refers("person")]
    due: Annotated[date, Field(ge=date(1971, 1, 1), le=date(2199, 12, 30))]


class ActionItemFinish(RequestModel):
    """What shows that it is done."""

    evidence: Reason


class ActionItemSendBack(RequestModel):
    """What is missing from the evidence."""

    reason: Reason


def month_from_request(text: str, pointer: str = "/query/month") -> Month:
    """Raises Invalid for what is no month."""
    try:
        return parse_month(text)
    except InvalidMonth as error:
        raise ValidationFailed([Violation(pointer, "month", str(error))]) from None

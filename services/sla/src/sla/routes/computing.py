"""Compute without storing: for portals, for tests, for what-if."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, model_validator

from common.database import Transaction
from common.http import Asked, router
from common.people import Caller, needs
from sla.calendars.timetable import NeverOpens, OutOfRange, Timetable
from sla.routes.wish import LONGEST_SECONDS, CalendarWish, timetable_of, unanswerable

routes = router("/v1/calendars", tags=["calendars"])

SECOND = timedelta(seconds=1)


class After(Asked):
    """The earliest instant at which so many open seconds have passed; negative: counted back."""

    start: datetime
    seconds: Annotated[int, Field(ge=-LONGEST_SECONDS, le=LONGEST_SECONDS)]


class Between(Asked):
    """The open seconds from start to end."""

    start: datetime
    end: datetime


class Open(Asked):
    at: datetime


class Question(Asked):
    """One of the three."""

    after: After | None = None
    between: Between | None = None
    open: Open | None = None

    @model_validator(mode="after")
    def _one(self) -> "Question":
        if len([one for one in (self.after, self.between, self.open) if one is not None]) != 1:
            raise ValueError("ask one of after, between, open")
        return self


class ComputeAsked(Asked):
    calendar: CalendarWish
    questions: Annotated[list[Question], Field(min_length=1, max_length=1000)]


@routes.post("/compute")
async def compute(
    asked: ComputeAsked, tx: Transaction, caller: Annotated[Caller, needs("clocks:read")]
) -> dict[str, list[dict[str, Any]]]:
    """Answers in the order of the questions: `{"at"}`, `{"seconds"}` or `{"open"}` (A2, A3)."""
    table = await timetable_of(tx, caller, asked.calendar, "/calendar")
    answers = []
    for index, question in enumerate(asked.questions):
        try:
            answers.append(answer(table, question))
        except (NeverOpens, OutOfRange) as error:
            raise unanswerable(error, f"/questions/{index}") from None
    return {"answers": answers}


def answer(table: Timetable, question: Question) -> dict[str, Any]:
    """Raises NeverOpens, OutOfRange. A part of a second is cut off a figure, not off an instant."""
    if question.after is not None:
        return {"at": table.after(question.after.start, question.after.seconds * SECOND)}
    if question.between is not None:
        return {"seconds": table.between(question.between.start, question.between.end) // SECOND}
    assert question.open is not None
    return {"open": table.open(question.open.at)}

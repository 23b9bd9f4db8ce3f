"""Questions to a calendar, and their answers. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from common.domain.durations import SECOND
from sla.calendars.domain.calendar import Calendar
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable


class After(NamedTuple):
    """The earliest instant at which so many open seconds have passed; negative ones count back."""

    starts_at: datetime
    seconds: int


class Between(NamedTuple):
    """The open seconds from start to end."""

    starts_at: datetime
    ends_at: datetime


class IsOpen(NamedTuple):
    """Whether it is open at an instant."""

    at: datetime


CalendarQuestion = After | Between | IsOpen


class Unanswerable(Exception):
    """A question without an answer: its index, the code of a violation, and why."""

    def __init__(self, index: int, code: str, detail: str) -> None:
        super().__init__(index, code, detail)
        self.index, self.code, self.detail = index, code, detail


def answer_all(table: Timetable, questions: Sequence[CalendarQuestion]) -> list[dict[str, Any]]:
    """The answers, in the order of the questions. Raises Unanswerable."""
    answers = []
    for index, question in enumerate(questions):
        try:
            answers.append(_answer(table, question))
        except NeverOpens as error:
            raise Unanswerable(index, "never_opens", str(error)) from None
        except OutOfRange as error:
            raise Unanswerable(index, "out_of_range", str(error)) from None
    return answers


def answer_all_anew(
    calendar: Calendar, years: tuple[int, int], questions: Sequence[CalendarQuestion]
) -> list[dict[str, Any]]:
    """The same with a table that is made for it. Raises Unanswerable."""
    return answer_all(Timetable(calendar, years), questions)


def _answer(table: Timetable, question: CalendarQuestion) -> dict[str, Any]:
    """Open time is in whole seconds, instants are exact."""
    match question:
        case After(starts_at, seconds):
            return {"at": table.after(starts_at, seconds * SECOND)}
        case Between(starts_at, ends_at):
            return {"seconds": table.between(starts_at, ends_at) // SECOND}
        case IsOpen(at):
            return {"open": table.is_open(at)}

"""One action on many tickets: what is asked for, and what became of each."""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.http import RequestModel, ResponseModel

MAX_TICKETS = 100
BulkActionName = Literal[
    "assign",
    "close",
    "hold",
    "merge",
    "prioritise",
    "reclassify",
    "reject",
    "reopen",
    "reply",
    "resolve",
    "resume",
    "verify",
]


class BulkRequest(RequestModel):
    """`action` on each of these tickets (ids or keys), with the body that it takes on one of them."""

    tickets: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]],
        Field(min_length=1, max_length=MAX_TICKETS),
    ]
    action: BulkActionName
    body: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = sorted(one for one, times in Counter(self.tickets).items() if times > 1)
        if twice:
            raise PydanticCustomError("twice", "name each ticket once; twice: " + ", ".join(twice))
        return self


class BulkProblem(ResponseModel):
    """Why it was not done on this ticket; the same `type` and `code` as on one ticket alone."""

    type: str
    title: str
    detail: str
    code: str | None


class BulkItemRead(ResponseModel):
    """What became of one ticket. `status` is the HTTP status that the action alone would have had."""

    ticket: str
    status: int
    problem: BulkProblem | None


class BulkResult(ResponseModel):
    """What became of each ticket, in the order in which they were named."""

    done: int
    failed: int
    items: list[BulkItemRead]

"""Saved views as they are sent and read."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import MAX_TAGS, VISIBLE, Name, Tag
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Kind, State
from intake.views.domain import ViewedList

_OF_QUEUE: Final = frozenset({"due_from", "due_before", "breached", "assigned"})
_OF_TICKETS: Final = frozenset({"open", "q", "tag", "watched"})


class ViewQuery(RequestModel):
    """Parameters of the list, as `/v1/queue` or `/v1/tickets` takes them; null: any.

    `mine` and `watched` ask for the tickets of whoever reads the view. `tag`: all of these.
    """

    customer: Annotated[Name | None, Refers("customer")] = None
    environment: Annotated[Name | None, Refers("environment")] = None
    assignee: Annotated[Name | None, Refers("person")] = None
    team: Annotated[Name | None, Refers("team")] = None
    state: State | None = None
    priority: Priority | None = None
    kind: Kind | None = None
    needs_triage: bool | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    breached: bool | None = None
    mine: bool | None = None
    assigned: bool | None = None
    open: bool | None = None
    watched: bool | None = None
    tag: Annotated[list[Tag], Field(min_length=1, max_length=MAX_TAGS)] | None = None
    q: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")] | None = None

    @field_validator("due_before")
    @classmethod
    def _ends_after_its_start(cls, end: datetime | None, given: ValidationInfo) -> datetime | None:
        start = given.data.get("due_from")
        if start is not None and end is not None and end <= start:
            raise PydanticCustomError("order", "give a later end: it has to come after `due_from`")
        return end


class ViewSave(RequestModel):
    """A view to save: its name, the list it is of, and that list's parameters."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=VISIBLE)]
    shared: bool = False
    list: ViewedList = "queue"
    query: ViewQuery

    @model_validator(mode="after")
    def _fits_the_list(self) -> "ViewSave":
        given = self.query.model_dump(exclude_none=True).keys()
        foreign = given & (_OF_TICKETS if self.list == "queue" else _OF_QUEUE)
        if foreign:
            raise PydanticCustomError(
                "another_list",
                "{names} cannot be asked of the list `{list}`; leave that out, or choose the other list",
                {"names": ", ".join(sorted(foreign)), "list": self.list},
            )
        return self

    def to_query(self) -> dict[str, Any]:
        """The parameters that are given, as JSON."""
        return self.query.model_dump(mode="json", exclude_none=True)


class ViewRead(ResponseModel):
    """A saved view; `owner` is a `sub`. `query` has the parameters to send to the list."""

    id: UUID
    owner: str
    owner_name: str | None
    name: str
    shared: bool
    list: ViewedList
    query: dict[str, Any]
    saved_at: datetime

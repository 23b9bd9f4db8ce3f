"""Request and response models of watchers."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Name


class WatcherCreate(RequestModel):
    """Who is to watch: a `person` of staff by `sub`, or a `contact` by id; neither: the caller."""

    person: Annotated[Name | None, Refers("colleague")] = None
    contact: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.person is not None and self.contact is not None:
            raise PydanticCustomError("watcher_unclear", "give either `person` or `contact`")
        return self


class WatcherRead(ResponseModel):
    """A watcher: a `person` of staff, or a contact. Contacts see the contacts alone."""

    id: UUID
    person: str | None
    contact_id: UUID | None
    added_by: str
    added_at: datetime

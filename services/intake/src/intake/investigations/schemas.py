"""Request and response models of investigations. Contacts see none of them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from common.http import RequestModel, ResponseModel
from intake.investigations.domain import Investigation
from intake.tickets.schemas.fields import OptionalText


class InvestigationEnd(RequestModel):
    """Whether the cause was found, and which it is."""

    cause_found: bool
    cause: OptionalText = None

    @model_validator(mode="after")
    def _names_the_cause(self) -> Self:
        if self.cause_found != bool(self.cause):
            raise PydanticCustomError("cause", "give `cause` where it was found, and only there")
        return self


class InvestigationRead(ResponseModel):
    """An investigation. `long`: it takes, or took, longer than the set time, which ends at `limit_at`.

    It ends with its ticket, too: then `cause_found` is null.
    """

    id: UUID
    started_by: str
    started_at: datetime
    limit_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    cause_found: bool | None
    cause: str | None
    long: bool


def to_investigation_response(investigation: Investigation, at: datetime) -> InvestigationRead:
    """The investigation as it is at this moment."""
    names = [name for name in InvestigationRead.model_fields if name != "long"]
    values = {name: getattr(investigation, name) for name in names}
    return InvestigationRead(**values, long=investigation.is_long(at))

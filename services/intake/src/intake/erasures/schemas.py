"""Request and response models of erasures."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import RequestModel, ResponseModel
from common.http.fields import VISIBLE


class ErasureCreate(RequestModel):
    """Why the contact is to be erased, such as the number of their request. Without their name or
    words: the reason stays in the audit trail."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=VISIBLE)]


class ErasureRead(ResponseModel):
    """The erasure of a contact. It is carried out once `confirmed_by` is there."""

    contact_id: UUID
    requested_by: str
    requested_at: datetime
    reason: str
    confirmed_by: str | None
    confirmed_at: datetime | None

"""Request model of splitting a ticket."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import RequestModel
from common.http.fields import VISIBLE
from intake.tickets.domain.message import MAX_COPIED
from intake.tickets.domain.new_ticket import MAX_TITLE_CHARS


class SplitCreate(RequestModel):
    """The title of the new ticket, and what goes to it.

    `messages` are ids of messages on the ticket. `description`: whether its description is copied, too.
    """

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARS, pattern=VISIBLE)]
    messages: Annotated[list[UUID], Field(max_length=MAX_COPIED, default_factory=list)]
    description: bool = False

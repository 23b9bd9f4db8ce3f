"""What a caller sends to set the tags of a ticket."""

from typing import Annotated

from pydantic import Field

from common.http import RequestModel
from common.http.fields import MAX_TAGS, Tag


class TagsUpdate(RequestModel):
    """All the tags that the ticket shall have; none where the list is empty."""

    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)]

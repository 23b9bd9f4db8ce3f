"""A message on a ticket: who said what to whom, and whether a person said it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Visibility = Literal["public", "internal"]
Direction = Literal["inbound", "outbound"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of a file without opening it; `size` in bytes after decoding."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Message:
    """`inbound` comes from the customer, `outbound` from us. Internal notes are outbound to nobody.

    An `automatic` message is no answer by a person (C1, C3).
    """

    id: UUID
    ticket_id: UUID
    visibility: Visibility
    direction: Direction
    author: str
    text: str
    at: datetime
    automatic: bool = False
    html: str | None = None
    mail_id: UUID | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.visibility == "public"


def awaits_customer_reply(last: Message | None) -> bool:
    """Whether the last public word by a person is ours: then it is the customer's turn."""
    return last is not None and last.direction == "outbound"

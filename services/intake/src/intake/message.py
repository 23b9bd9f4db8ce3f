"""A message on a ticket: who said what to whom, and whether a person said it. Pure."""

from collections.abc import Sequence
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


def visible_to_customer(messages: Sequence[Message]) -> list[Message]:
    """What a customer's contact may read: internal notes do not exist for them (R11)."""
    return [message for message in messages if message.is_public]


def customer_was_asked(messages: Sequence[Message]) -> bool:
    """True when the last public word by a person is ours: it is the customer's turn."""
    public = [message for message in messages if message.is_public and not message.automatic]
    return bool(public) and max(public, key=lambda message: message.at).direction == "outbound"

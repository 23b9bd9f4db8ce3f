"""Request and response models of links between tickets."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.http import RequestModel, ResponseModel
from intake.links.domain import IN_WORDS, Direction, Link, LinkKind
from intake.tickets.domain.ticket import State, Ticket


class LinkCreate(RequestModel):
    """This ticket is `child_of`, was `caused_by`, `duplicates` or `blocks` the ticket `other` (id or key)."""

    kind: Literal["child_of", "caused_by", "duplicates", "blocks"]
    other: Annotated[str, Field(min_length=1, max_length=40)]


class LinkRead(ResponseModel):
    """A link, as seen from one of its tickets: `outgoing` from it, or `incoming` to it.

    `in_words` says it with this ticket as the subject: "was caused by". `ticket` and what follows are of
    the other ticket.
    """

    id: UUID
    kind: LinkKind
    direction: Direction
    in_words: str
    ticket: str
    title: str
    state: State
    customer: str | None
    created_by: str
    created_at: datetime


def to_link_response(link: Link, ticket: Ticket, other: Ticket) -> LinkRead:
    """The link as seen from `ticket`."""
    direction = link.direction_from(ticket.id)
    return LinkRead(
        id=link.id,
        kind=link.kind,
        direction=direction,
        in_words=IN_WORDS[link.kind, direction],
        ticket=other.key,
        title=other.title,
        state=other.state,
        customer=other.customer,
        created_by=link.created_by,
        created_at=link.created_at,
    )

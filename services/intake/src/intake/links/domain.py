"""Which links between two tickets may be made. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from intake.tickets.domain.ticket import Ticket

LinkKind = Literal["child_of", "caused_by", "duplicates", "blocks", "split_from", "follows"]
Direction = Literal["outgoing", "incoming"]

BY_HAND: Final[frozenset[LinkKind]] = frozenset({"child_of", "caused_by", "duplicates", "blocks"})
"""Kinds that people make and remove; the others say how a ticket came to be, and stay."""
ONE_EACH: Final[frozenset[LinkKind]] = frozenset({"child_of", "duplicates"})
"""Kinds of which a ticket has one at most: one parent, one ticket that it repeats."""

IN_WORDS: Final[dict[tuple[LinkKind, Direction], str]] = {
    ("child_of", "outgoing"): "is part of",
    ("child_of", "incoming"): "has the part",
    ("caused_by", "outgoing"): "was caused by",
    ("caused_by", "incoming"): "caused",
    ("duplicates", "outgoing"): "repeats",
    ("duplicates", "incoming"): "is repeated by",
    ("blocks", "outgoing"): "must be done before",
    ("blocks", "incoming"): "waits for",
    ("split_from", "outgoing"): "was split from",
    ("split_from", "incoming"): "was split into",
    ("follows", "outgoing"): "goes on after",
    ("follows", "incoming"): "goes on in",
}


@dataclass(frozen=True, slots=True)
class Link:
    """`ticket_id` is `child_of`, was `caused_by`, … the ticket `other_id`; `created_by` is a `sub`."""

    id: UUID
    ticket_id: UUID
    kind: LinkKind
    other_id: UUID
    created_by: str
    created_at: datetime

    def direction_from(self, ticket_id: UUID) -> Direction:
        """Whether the link leaves this ticket, or comes to it."""
        return "outgoing" if ticket_id == self.ticket_id else "incoming"

    def far_end(self, ticket_id: UUID) -> UUID:
        """The other ticket, as seen from this one."""
        return self.other_id if ticket_id == self.ticket_id else self.ticket_id


def check_link(
    ticket: Ticket,
    kind: LinkKind,
    other: Ticket,
    existing: Collection[Link],
    reachable: Collection[UUID],
) -> Rejection | None:
    """A rejection where the link may not be made, else None.

    `existing` are the links of the ticket; `reachable` are the tickets to which links of this kind lead
    from the other one, however long the way: none may come back.
    """
    if ticket.id == other.id:
        return Rejection("LINK_TO_ITSELF", f"{ticket.key} cannot be linked to itself.")
    if ticket.id in reachable:
        return Rejection(
            "LINK_CIRCLE",
            f"{other.key} leads back to {ticket.key} by links of this kind; remove one of them first.",
        )
    of_kind = [one for one in existing if one.ticket_id == ticket.id and one.kind == kind]
    if any(one.other_id == other.id for one in of_kind):
        return Rejection("LINKED_ALREADY", f"{ticket.key} has this link to {other.key} already.")
    if kind in ONE_EACH and of_kind:
        return Rejection(
            "ONE_LINK_ONLY",
            f"{ticket.key} {IN_WORDS[kind, 'outgoing']} another ticket already; remove that link first.",
        )
    return None


def check_removal(link: Link) -> Rejection | None:
    """A rejection where the link says how a ticket came to be, else None."""
    if link.kind in BY_HAND:
        return None
    return Rejection("LINK_STAYS", "This link says how the ticket came to be; it stays.")

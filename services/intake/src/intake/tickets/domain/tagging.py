"""The tags of a ticket: words by which it is found, and by which agreements may promise. Pure."""

from collections.abc import Iterable

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.ticket import Ticket, check_transition


def tag(ticket: Ticket, tags: Iterable[str]) -> Ticket | Rejection:
    """The ticket with these tags in place of the ones that it had."""
    return check_transition(ticket, "tag") or replace(ticket, tags=tuple(sorted(set(tags))))

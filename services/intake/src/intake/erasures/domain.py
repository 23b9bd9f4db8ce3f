"""When a contact may be erased. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.domain import Rejection

MAX_NAMED = 5
"""Open tickets that a rejection names."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was asked for: by whom and why; carried out once another person has confirmed it."""

    contact_id: UUID
    requested_by: str
    requested_at: datetime
    reason: str
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None


def check_confirmation(
    erasure: Erasure, actor: str, open_tickets: Sequence[str]
) -> Rejection | None:
    """A rejection where `actor` may not carry it out now, else None. `open_tickets` are keys.

    Two people, because what is erased could have shown a broken promise (R1); and no open ticket,
    because nobody could work on it any more.
    """
    if erasure.confirmed_by is not None:
        return Rejection("ALREADY_ERASED", "This contact is erased already.")
    if actor == erasure.requested_by:
        return Rejection("FOUR_EYES", f"{actor} asked for it; another person must confirm it.")
    if open_tickets:
        named = ", ".join(open_tickets[:MAX_NAMED])
        more = len(open_tickets) - MAX_NAMED
        rest = f" and {more} more" if more > 0 else ""
        return Rejection("TICKETS_OPEN", f"Close the contact's open tickets first: {named}{rest}.")
    return None

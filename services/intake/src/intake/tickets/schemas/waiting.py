"""What waits for the caller, as they read it."""

from datetime import datetime

from common.http import Page, ResponseModel
from intake.tickets.domain.second_eyes import WaitingKind


class WaitingItem(ResponseModel):
    """Something that waits for a second person, which the caller may be.

    `since` is when the first person acted. At `due_at` it is escalated; a blocker is at once. `why` says
    in words what it waits for; `href` is the ticket's address.
    """

    kind: WaitingKind
    key: str
    title: str
    customer: str | None
    due_at: datetime
    since: datetime
    why: str
    href: str


class WaitingPage(Page[WaitingItem]):
    """A page of what waits, with the number of all items by kind."""

    counts: dict[WaitingKind, int]

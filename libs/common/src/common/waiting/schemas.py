"""What waits for the caller, as they read it. A service narrows `kind` to the kinds that it knows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.http import Page, ResponseModel


class WaitingItem(ResponseModel):
    """Something that waits for the caller.

    `since`: from when on it waits. `due_at`: when something happens if nobody acts, such as an escalation;
    null where nothing does. `why` says in words what it waits for, and `first` names whoever acted before, as these
    words do: null where they name nobody; `href` is its address here, `page` that of
    the console's page: null where there is none, and for contacts.
    """

    kind: str
    key: str
    title: str
    customer: str | None
    due_at: datetime | None
    since: datetime
    why: str
    first: str | None
    href: str
    page: str | None


class WaitingPage(Page[WaitingItem]):
    """A page of what waits, with the number of all items by kind."""

    counts: Mapping[Any, int]

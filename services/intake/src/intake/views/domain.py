"""A saved view, and who may read and change it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection

ViewedList = Literal["queue", "tickets"]
MAX_VIEWS: Final = 100
"""Views of one person."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """The parameters of a list, kept by `owner` under a `name`; all staff reads `shared` ones."""

    id: UUID
    owner: str
    name: str
    shared: bool
    list: ViewedList
    query: Mapping[str, object]
    saved_at: datetime

    def is_readable_by(self, account: str) -> bool:
        """Whether this account may read it; for others it does not exist."""
        return self.shared or self.owner == account


def check_change(view: SavedView, account: str) -> Rejection | None:
    """A rejection where somebody changes another one's view."""
    if view.owner == account:
        return None
    return Rejection(
        "NOT_THE_OWNER",
        f"The view {view.name} is {view.owner}'s; save one of your own with the same filters instead.",
    )


def check_number(count: int) -> Rejection | None:
    """A rejection of one view more where somebody has too many."""
    if count < MAX_VIEWS:
        return None
    return Rejection(
        "TOO_MANY_VIEWS", f"You have {count} views, which is the most; delete one you do not use."
    )

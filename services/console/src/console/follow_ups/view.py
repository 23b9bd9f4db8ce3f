"""A follow-up: what may be done with it in its state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.promises import Mark, mark

STATES: Final = ("open", "mine", "closed", "confirmed", "everything")
ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "close": ("evidence",),
    "assign": ("owner",),
    "confirm": (),
    "reject": (),
}
"""The acts, with the fields that each needs."""


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """`is_own`: the reader closed it, so that somebody else confirms. `due`: how its due time stands."""

    mark: Mark
    acts: tuple[str, ...]
    is_own: bool
    due: Mark


def follow_up_page(follow_up: Mapping[str, Any], sub: str, moment: datetime) -> FollowUpPage:
    acts = {"open": ("close", "assign"), "closed": ("confirm", "reject")}
    marks: Mapping[str, Mark] = {"open": "broken", "closed": "soon", "confirmed": "fine"}
    state = follow_up["state"]
    due = mark(follow_up.get("due_at"), moment) if state == "open" else "none"
    return FollowUpPage(
        marks.get(state, "none"), acts.get(state, ()), follow_up["closed_by"] == sub, due
    )

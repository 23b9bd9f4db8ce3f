"""A follow-up: what may be done with it in its state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.promises import Mark

STATES: Final = ("open", "closed", "confirmed", "everything")
ACTS: Final[Mapping[str, tuple[str, ...]]] = {"close": ("evidence",), "confirm": (), "reject": ()}
"""The acts, with the fields that each needs."""


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """`is_own`: the reader closed it, so that somebody else confirms."""

    mark: Mark
    acts: tuple[str, ...]
    is_own: bool


def follow_up_page(follow_up: Mapping[str, Any], sub: str) -> FollowUpPage:
    acts = {"open": ("close",), "closed": ("confirm", "reject")}
    marks: Mapping[str, Mark] = {"open": "broken", "closed": "soon", "confirmed": "fine"}
    state = follow_up["state"]
    return FollowUpPage(
        marks.get(state, "none"), acts.get(state, ()), follow_up["closed_by"] == sub
    )

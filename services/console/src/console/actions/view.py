"""An action of a review: what may be done with it, and by whom. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.promises import Mark

ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "finish": ("evidence",),
    "verify": (),
    "send-back": ("reason",),
    "hand-over": ("owner", "due"),
}
"""The acts, with the fields that each needs."""


@dataclass(frozen=True, slots=True)
class ActionPage:
    """`is_own`: the reader is its owner, who finishes it, and whom somebody else verifies."""

    mark: Mark
    is_own: bool
    acts: tuple[str, ...]


def action_page(action: Mapping[str, Any], sub: str) -> ActionPage:
    acts = {"open": ("finish", "hand-over"), "done": ("verify", "send-back")}
    marks: Mapping[str, Mark] = {"verified": "fine", "done": "soon"}
    return ActionPage(
        marks.get(action["state"], "none"),
        action["owner"] == sub,
        acts.get(action["state"], ()),
    )

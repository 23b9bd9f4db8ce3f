"""An improvement of the monitoring: what may be done with it in its state, and by whom. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.forms.fields import Field
from console.promises import Mark, mark

ACTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "plan": (
        Field("owner", "listed", needed=True, source="people"),
        Field("task", needed=True, hint="what_improves"),
        Field("criterion", needed=True, hint="how_to_see"),
        Field("due_at", "instant"),
    ),
    "finish": (Field("evidence", needed=True, hint="or_why_not"),),
    "verify": (),
    "send-back": (Field("reason", needed=True),),
}
"""The acts, with what each asks for."""
ALIASES: Final[Mapping[str, str]] = {"send-back": "verify"}
"""The act of the API, where it has another name."""
IN_STATE: Final[Mapping[str, tuple[str, ...]]] = {
    "owed": ("plan",),
    "planned": ("finish", "plan"),
    "done": ("verify", "send-back"),
}
MARKS: Final[Mapping[str, Mark]] = {"verified": "fine", "done": "soon"}


@dataclass(frozen=True, slots=True)
class ImprovementPage:
    """`has_worked`: the reader owns it or did it, so that somebody else verifies. `due`: how its due time stands."""

    mark: Mark
    due: Mark
    acts: tuple[str, ...]
    has_worked: bool


def improvement_page(improvement: Mapping[str, Any], sub: str, moment: datetime) -> ImprovementPage:
    state = improvement["state"]
    is_open = state in {"owed", "planned"}
    due = mark(improvement["due_at"], moment) if is_open else "none"
    return ImprovementPage(
        MARKS.get(state, "broken" if due == "broken" else "soon"),
        due,
        IN_STATE.get(state, ()),
        sub in {improvement["owner"], improvement["done_by"]},
    )


def body_of(act: str, read: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an act sends: evidence is verified or sent back by one route."""
    return {"agree": act == "verify", **read} if act in {"verify", "send-back"} else dict(read)

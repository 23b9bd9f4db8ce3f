"""The goals of a month: reached, missed, or how many promises may still break. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.figures import month_beside, percent
from console.promises import Mark
from console.upstream.part import Part, data_of

MARKS: Final[Mapping[str, Mark]] = {
    "met": "fine",
    "on_track": "fine",
    "at_risk": "soon",
    "missed": "broken",
    "lost": "broken",
}


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal; `budget` is None in a month that is over. Shares are written as per cent."""

    facts: Mapping[str, Any]
    mark: Mark
    target: str | None
    share: str | None
    budget: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class GoalsPage:
    goals: tuple[GoalLine, ...]
    credits: tuple[Mapping[str, Any], ...]
    before: str
    after: str


def goals_page(part: Part) -> GoalsPage | None:
    """Return the page; None where nothing is known."""
    data = data_of(part)
    if data is None:
        return None
    return GoalsPage(
        tuple(map(_line, data["goals"])),
        tuple(data["credits"]),
        month_beside(data["month"], -1),
        month_beside(data["month"], 1),
    )


def _line(goal: Mapping[str, Any]) -> GoalLine:
    return GoalLine(
        goal,
        MARKS.get(goal["state"], "none"),
        percent(goal["target"], 2),
        percent(goal["share"], 2),
        goal.get("budget"),
    )

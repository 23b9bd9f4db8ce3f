"""Priorities, and the matrix of impact and urgency that gives them (R5). Pure."""

from typing import Final, Literal, get_args

Priority = Literal["blocker", "critical", "major", "minor", "trivial"]
Impact = Literal["high", "medium", "low"]
Urgency = Literal["high", "medium", "low"]

PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
"""All priorities, the highest first."""

MATRIX: Final[dict[tuple[Impact, Urgency], Priority]] = {
    ("high", "high"): "blocker",
    ("high", "medium"): "critical",
    ("medium", "high"): "critical",
    ("high", "low"): "major",
    ("medium", "medium"): "major",
    ("low", "high"): "major",
    ("medium", "low"): "minor",
    ("low", "medium"): "minor",
    ("low", "low"): "trivial",
}

DEFAULT_IMPACT_URGENCY: Final[tuple[Impact, Urgency]] = ("medium", "medium")
"""Impact and urgency of a ticket that nobody has assessed: the middle of the matrix."""


def priority_of(impact: Impact, urgency: Urgency) -> Priority:
    """The priority in the matrix."""
    return MATRIX[impact, urgency]


def is_lower(new: Priority, old: Priority) -> bool:
    """True when `new` is a lower priority than `old`."""
    return PRIORITIES.index(new) > PRIORITIES.index(old)

"""How urgent a ticket is: impact x urgency, held as data (R5). Pure."""

from typing import Final, Literal, get_args

Priority = Literal["blocker", "critical", "major", "minor", "trivial"]
Impact = Literal["high", "medium", "low"]
Urgency = Literal["high", "medium", "low"]

PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)

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

# What a ticket gets while nobody has judged it: the middle of the matrix.
DEFAULT_IMPACT_URGENCY: Final[tuple[Impact, Urgency]] = ("medium", "medium")


def priority_of(impact: Impact, urgency: Urgency) -> Priority:
    return MATRIX[impact, urgency]


def is_lower(new: Priority, old: Priority) -> bool:
    """True when `new` is less pressing than `old`."""
    return PRIORITIES.index(new) > PRIORITIES.index(old)

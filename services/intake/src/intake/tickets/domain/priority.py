"""Priorities, and the matrix of impact and urgency that gives them (R5). Pure."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Priority = Literal["blocker", "critical", "major", "minor", "trivial"]
Impact = Literal["high", "medium", "low"]
Urgency = Literal["high", "medium", "low"]

PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
"""All priorities, the highest first."""

Matrix = Mapping[tuple[Impact, Urgency], Priority]
"""The priority of each impact and urgency: `intake.tickets.domain.priority_matrix` says how it changes."""

LEVELS: Final[tuple[Impact, ...]] = get_args(Impact)
"""The levels of impact, and of urgency, the worst first."""

DEFAULT_MATRIX: Final[Matrix] = {
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


def is_lower(new: Priority, old: Priority) -> bool:
    """True when `new` is a lower priority than `old`."""
    return PRIORITIES.index(new) > PRIORITIES.index(old)

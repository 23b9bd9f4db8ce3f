"""The end of an environment: who asked for it, and what the reader may do about that. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

WRITE: Final = "directory:write"
ACTS: Final = ("end", "confirm_end", "keep")


@dataclass(frozen=True, slots=True)
class Ending:
    """Where the end of an environment stands. `asked_by`: who asked, while another person has to confirm it.

    `acts` are those that the reader's role may do now; `is_own`: they asked themselves, so that somebody else confirms.
    """

    is_over: bool
    asked_by: str | None
    is_own: bool
    acts: tuple[str, ...]


def ending_of(entry: Mapping[str, Any], sub: str, may: Callable[[str], bool]) -> Ending:
    """Put together how the end stands for the account `sub`; `entry` is what the directory has."""
    is_over = bool(entry["retired"])
    asked_by = None if is_over else entry["end_asked_by"]
    is_own = asked_by is not None and asked_by == sub
    if is_over or not may(WRITE):
        return Ending(is_over, asked_by, is_own, ())
    if asked_by is None:
        return Ending(is_over, asked_by, is_own, ("end",))
    return Ending(is_over, asked_by, is_own, ("keep",) if is_own else ("confirm_end", "keep"))

"""The known name that somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_SIMILARITY: Final = 0.6
"""Share of common characters (0 to 1) from which a name is worth proposing."""


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like the given one; None where none is like it."""
    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    matches = get_close_matches(given.lower(), by_lower, n=1, cutoff=_SIMILARITY)
    return by_lower[matches[0]] if matches else None


def proposal(given: str, known: Iterable[str]) -> str:
    """Return "; did you mean x?" for the nearest known name, else nothing, to end a sentence with."""
    name = nearest(given, known)
    return "" if name is None else f"; did you mean {name}?"
